import { z } from 'zod';
import { isLoopback } from '../orgs/domain';
import { Secret } from '../orgs/secret';
import { ROLES, type Role } from './safety/people';

/** An OpenID Connect provider, and what its users may do. */
export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly redirectUri: string;
  /** The claim whose values give a role. */
  readonly rolesClaim: string;
  readonly roles: Readonly<Record<Role, readonly string[]>>;
}

const trimmed = z.string().trim();

/** The variables of the sign-in by OpenID Connect as texts. */
export const OIDC_VARIABLES = {
  CONSOLE_OIDC_ISSUER: trimmed
    .optional()
    .describe(
      'instead of a password: the issuer of an [OpenID Connect provider](console.md#sign-in-with-okta-or-another-provider), such as `https://acme.okta.com`; `https` unless it is on this machine',
    ),
  CONSOLE_OIDC_CLIENT_ID: trimmed.optional().meta({
    description: 'the client ID of the console at the provider',
    unset: 'required with the issuer',
  }),
  CONSOLE_OIDC_CLIENT_SECRET: trimmed.optional().meta({
    description: 'its secret, or `CONSOLE_OIDC_CLIENT_SECRET_FILE`',
    unset: 'required with the issuer',
  }),
  CONSOLE_OIDC_SCOPES: trimmed
    .default('openid profile email groups')
    .describe('scopes to request, separated by spaces; `openid` is required'),
  CONSOLE_OIDC_ROLES_CLAIM: trimmed
    .default('groups')
    .describe(
      'the claim whose values give a role; read from the ID token, or from userinfo if it is not there',
    ),
  CONSOLE_OIDC_ADMINS: trimmed
    .optional()
    .describe('values of that claim that make someone an admin, separated by commas'),
  CONSOLE_OIDC_OPERATORS: trimmed.optional().describe('the same for operators'),
  CONSOLE_OIDC_VIEWERS: trimmed
    .optional()
    .describe('the same for viewers; someone with none of these values is refused'),
};

type Values = z.infer<z.ZodObject<typeof OIDC_VARIABLES>>;

/**
 * Reads the settings of the provider.
 *
 * @returns undefined if there is none, or something is missing, which is reported.
 */
export function readOidc(
  values: Values,
  origin: string | undefined,
  report: (fault: string) => void,
): OidcSettings | undefined {
  const {
    CONSOLE_OIDC_ISSUER,
    CONSOLE_OIDC_CLIENT_ID: clientId,
    CONSOLE_OIDC_CLIENT_SECRET: secret,
  } = values;
  const roles = {
    viewer: listOf(values.CONSOLE_OIDC_VIEWERS),
    operator: listOf(values.CONSOLE_OIDC_OPERATORS),
    admin: listOf(values.CONSOLE_OIDC_ADMINS),
  };
  const hasRoles = ROLES.some((role) => roles[role].length > 0);
  if (CONSOLE_OIDC_ISSUER === undefined) {
    if (clientId !== undefined || secret !== undefined || hasRoles)
      report('CONSOLE_OIDC_ISSUER is required with the other CONSOLE_OIDC_ variables');
    return undefined;
  }
  const issuer = issuerIn(CONSOLE_OIDC_ISSUER, report);
  for (const name of ['CONSOLE_OIDC_CLIENT_ID', 'CONSOLE_OIDC_CLIENT_SECRET'] as const)
    if (values[name] === undefined) report(`${name} is required with CONSOLE_OIDC_ISSUER`);
  if (origin === undefined)
    report(
      'CONSOLE_ORIGIN is required with CONSOLE_OIDC_ISSUER: the provider redirects to its path /sign-in/callback',
    );
  const scopes = values.CONSOLE_OIDC_SCOPES.split(/\s+/);
  if (!scopes.includes('openid')) report('CONSOLE_OIDC_SCOPES must include openid');
  if (!hasRoles)
    report(
      'At least one of CONSOLE_OIDC_ADMINS, CONSOLE_OIDC_OPERATORS and CONSOLE_OIDC_VIEWERS is required with CONSOLE_OIDC_ISSUER; otherwise nobody could sign in',
    );
  if (!issuer || clientId === undefined || secret === undefined || origin === undefined) return undefined;
  return {
    issuer,
    clientId,
    clientSecret: new Secret(secret),
    scopes: scopes.join(' '),
    redirectUri: `${origin}/sign-in/callback`,
    rolesClaim: values.CONSOLE_OIDC_ROLES_CLAIM,
    roles,
  };
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}

function issuerIn(text: string, report: (fault: string) => void): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url && isSafe && url.search === '' && url.hash === '' && url.username === '') return url;
  report('CONSOLE_OIDC_ISSUER must be a URL with https, such as https://acme.okta.com');
  return undefined;
}
