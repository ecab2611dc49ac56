import { z } from 'zod';
import { ConfigError, withSecretFiles, type Environment } from '../config';
import { durationMs } from '../text/parseDuration';
import { isLoopback } from '../orgs/domain';
import { Secret } from '../orgs/secret';
import { OIDC_VARIABLES, readOidc, type OidcSettings } from './oidcSettings';
import { AddressList } from './safety/addresses';
import type { Clock } from './safety/clock';
import type { ScryptCost } from './safety/passwords';

/**
 * Who may use the console: everyone on this machine, everyone with the password, users signed in by a proxy, or users
 * signed in by an OpenID Connect provider.
 */
export type Access =
  | { readonly kind: 'open' }
  | { readonly kind: 'password'; readonly password: Secret }
  | { readonly kind: 'proxy'; readonly header: string; readonly roleHeader?: string }
  | { readonly kind: 'oidc'; readonly oidc: OidcSettings };

export interface ConsoleSettings {
  readonly address: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** The origin that users open, if it is not the loopback address. */
  readonly origin?: string;
  readonly access: Access;
  /** Trusted proxies: their headers give the client's address and, with proxy access, the signed-in user. */
  readonly proxies: AddressList;
  /** What Okta's event hooks send in the header `Authorization`; absent if they are not accepted. */
  readonly hookSecret?: Secret | undefined;
  /** True if the console only shows: it starts no run, changes nothing, and needs no credentials for Okta. */
  readonly isReadOnly: boolean;
  /** True if there is a page of all components, for development. */
  readonly hasDesignPage: boolean;
  /** URL of Neo4j Browser, for links. */
  readonly neo4jBrowser?: string | undefined;
  /** URL of the Temporal UI, for links. */
  readonly temporalUi?: string | undefined;
  /** Whom to contact for help, as shown on pages. */
  readonly contact: string;
  /** Time limit of one Neo4j read, in ms. */
  readonly readTimeoutMs: number;
  /** Replacements for the clock and the cost of the password hash in tests. */
  readonly forTests?: { readonly clock?: Clock; readonly scryptCost?: ScryptCost };
}

/** Minimum length of a password. */
const MIN_PASSWORD_LENGTH = 12;
/** No person has to remember it, and there is no limit to wrong ones. */
const MIN_HOOK_SECRET_LENGTH = 24;

const trimmed = z.string().trim();

/** The variables of the console as texts, each with its meaning; docs/configuration.md is generated from them. */
export const CONSOLE_VARIABLES = z.object({
  CONSOLE_ADDRESS: trimmed.default('127.0.0.1').describe('the address to listen on'),
  CONSOLE_PORT: trimmed
    .default('8080')
    .describe('the port; `okta-graph start` takes another one if it is in use'),
  CONSOLE_ORIGIN: trimmed.optional().meta({
    description:
      'the URL that users open, such as `https://graph.acme.com`; requests for any other host are rejected',
    unset: 'required unless `CONSOLE_ADDRESS` is loopback',
  }),
  CONSOLE_PASSWORD: trimmed
    .optional()
    .describe(`at least ${MIN_PASSWORD_LENGTH} characters, or \`CONSOLE_PASSWORD_FILE\``),
  CONSOLE_SIGN_IN_HEADER: trimmed
    .optional()
    .describe('instead of a password: the header in which a sign-in proxy names the user it has signed in'),
  CONSOLE_SIGN_IN_ROLE_HEADER: trimmed.optional().meta({
    description:
      'the header in which the sign-in proxy names the role of the user: `viewer`, `operator` or `admin`; any other value is refused',
    unset: 'everyone is an admin',
  }),
  ...OIDC_VARIABLES,
  CONSOLE_PROXY_ADDRESSES: trimmed.optional().meta({
    description:
      'IP addresses or CIDR blocks of the proxy; the sign-in header and `X-Forwarded-For` are accepted from nowhere else',
    unset: 'required with the header',
  }),
  CONSOLE_READ_ONLY: trimmed
    .default('false')
    .describe(
      '`true`: the console shows everything and changes nothing; it then needs [no credentials for Okta](console.md#read-only)',
    ),
  CONSOLE_HOOK_SECRET: trimmed
    .optional()
    .describe(
      `at least ${MIN_HOOK_SECRET_LENGTH} characters, or \`CONSOLE_HOOK_SECRET_FILE\`: [event hooks](watch.md#event-hooks) of Okta are accepted that send it`,
    ),
  CONSOLE_DESIGN: trimmed
    .default('false')
    .describe('`true`: the page `/design` shows the components of the pages, for those who change them'),
  CONSOLE_NEO4J_BROWSER: trimmed
    .optional()
    .describe('address of Neo4j Browser, such as `http://localhost:7474/browser/`, for links with Cypher'),
  CONSOLE_TEMPORAL_UI: trimmed.optional().describe('address of the Temporal UI, for links to workflows'),
  CONSOLE_READ_TIMEOUT: trimmed
    .default('30s')
    .describe('how long Neo4j may take for one read, at least `1s`'),
  CONSOLE_CONTACT: trimmed
    .default('your okta-graph administrator')
    .describe('who to ask for a role, and while the [feature flag](#feature-flag) hides Okta'),
});

/**
 * Reads the `CONSOLE_*` variables. An invalid value is an error and never falls back to the default. So is an address
 * that other machines can reach without a password or a sign-in proxy.
 *
 * @throws ConfigError with all errors.
 */
export function loadConsoleSettings(environment: Environment): ConsoleSettings {
  const faults: string[] = [];
  const report = (fault: string) => void faults.push(fault);
  const secrets = ['CONSOLE_PASSWORD', 'CONSOLE_OIDC_CLIENT_SECRET', 'CONSOLE_HOOK_SECRET'];
  const values = CONSOLE_VARIABLES.parse(withSecretFiles(environment, secrets, faults));
  const { CONSOLE_ADDRESS: address, CONSOLE_CONTACT: contact } = values;
  const isRead = faults.length === 0;
  const secretOf = (name: 'CONSOLE_PASSWORD' | 'CONSOLE_HOOK_SECRET', length: number) =>
    readSecret(name, values[name], { length, isRead }, report);
  const password = secretOf('CONSOLE_PASSWORD', MIN_PASSWORD_LENGTH);
  const hookSecret = secretOf('CONSOLE_HOOK_SECRET', MIN_HOOK_SECRET_LENGTH);

  // Others arrive as different ones in a header.
  if (isRead && hookSecret && !/^[ -~]+$/.test(hookSecret.reveal()))
    report('CONSOLE_HOOK_SECRET must have only ASCII characters');

  const port = readPort(values.CONSOLE_PORT, report);
  const origin = readOrigin('CONSOLE_ORIGIN', values.CONSOLE_ORIGIN, report);
  const temporalUi = readUrl('CONSOLE_TEMPORAL_UI', values.CONSOLE_TEMPORAL_UI, report);
  const neo4jBrowser = readUrl('CONSOLE_NEO4J_BROWSER', values.CONSOLE_NEO4J_BROWSER, report);
  const proxies = readProxies(values.CONSOLE_PROXY_ADDRESSES, report);
  const [isReadOnly, hasDesignPage] = (['CONSOLE_READ_ONLY', 'CONSOLE_DESIGN'] as const).map((name) => {
    if (!/^(true|false)$/i.test(values[name])) report(`${name} must be true or false`);
    return values[name].toLowerCase() === 'true';
  }) as [boolean, boolean];
  const readTimeoutMs = readTimeout(values.CONSOLE_READ_TIMEOUT, report);
  const oidc = readOidc(values, origin, report);
  const access = readAccess(values, { hasProxies: proxies !== undefined, password, oidc }, report);
  if (!isLoopbackAddress(address)) {
    if (access?.kind === 'open')
      report(
        `CONSOLE_ADDRESS is ${address}, which others can reach: set CONSOLE_PASSWORD (or CONSOLE_PASSWORD_FILE), CONSOLE_OIDC_ISSUER, or CONSOLE_SIGN_IN_HEADER and CONSOLE_PROXY_ADDRESSES of a sign-in proxy`,
      );
    if (origin === undefined)
      report(
        'CONSOLE_ORIGIN is required with CONSOLE_ADDRESS: the URL that users open, such as https://graph.acme.com',
      );
  }
  if (faults.length > 0 || !access) throw new ConfigError(faults);
  return Object.freeze({
    address,
    port,
    access,
    proxies: proxies ?? new AddressList(),
    ...(origin === undefined ? {} : { origin }),
    ...(hookSecret && { hookSecret }),
    isReadOnly,
    hasDesignPage,
    ...(neo4jBrowser === undefined ? {} : { neo4jBrowser }),
    ...(temporalUi === undefined ? {} : { temporalUi }),
    contact,
    readTimeoutMs,
  });
}

/** Returns true if only this machine can reach an address. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopback(address) || address === '::1';
}

/** Returns the URL of the console that listens on this port. */
export function consoleUrl({ origin, address, port }: ConsoleSettings): string {
  return origin ?? `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/**
 * Returns true if other machines may reach the console: it listens on their network, a proxy forwards to it, or users
 * have to sign in.
 */
export function isOpenToOthers({ access, address, origin }: ConsoleSettings): boolean {
  if (access.kind !== 'open') return true;
  return !isLoopbackAddress(address) || (origin !== undefined && !isLoopback(new URL(origin).hostname));
}

function readPort(text: string, report: (fault: string) => void): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) report('CONSOLE_PORT must be a whole number from 0 to 65535');
  return port;
}

/** @returns undefined if no proxy is listed. */
function readProxies(text = '', report: (fault: string) => void): AddressList | undefined {
  const entries = text.split(/[\s,]+/).filter(Boolean);
  const proxies = new AddressList();
  for (const entry of entries)
    if (!proxies.add(entry))
      report(
        `CONSOLE_PROXY_ADDRESSES: ${entry} is neither an IP address nor a CIDR block, such as 10.0.0.7 or 10.0.0.0/24`,
      );
  return entries.length > 0 ? proxies : undefined;
}

function readTimeout(text: string, report: (fault: string) => void): number {
  const timeoutMs = durationMs(text) ?? 0;
  if (timeoutMs < 1_000) report('CONSOLE_READ_TIMEOUT must be a duration such as 30s, at least 1s');
  return timeoutMs;
}

function readAccess(
  values: z.infer<typeof CONSOLE_VARIABLES>,
  found: { hasProxies: boolean; password: Secret | undefined; oidc: OidcSettings | undefined },
  report: (fault: string) => void,
): Access | undefined {
  const { CONSOLE_SIGN_IN_HEADER: header, CONSOLE_SIGN_IN_ROLE_HEADER: roleHeader } = values;
  const { hasProxies, password, oidc } = found;
  const ways = (['CONSOLE_PASSWORD', 'CONSOLE_SIGN_IN_HEADER', 'CONSOLE_OIDC_ISSUER'] as const).filter(
    (name) => values[name] !== undefined,
  );
  if (ways.length > 1) {
    report(`${ways.join(' and ')} are ${ways.length === 2 ? 'both' : 'all'} set; keep one`);
    return undefined;
  }
  if (roleHeader !== undefined && header === undefined)
    report('CONSOLE_SIGN_IN_ROLE_HEADER needs CONSOLE_SIGN_IN_HEADER');
  if (header !== undefined) {
    for (const name of ['CONSOLE_SIGN_IN_HEADER', 'CONSOLE_SIGN_IN_ROLE_HEADER'] as const)
      if (!/^[A-Za-z0-9-]+$/.test(values[name] ?? 'none')) report(`${name} must be the name of a header`);
    if (!hasProxies)
      report(
        'CONSOLE_PROXY_ADDRESSES is required with CONSOLE_SIGN_IN_HEADER; otherwise anyone could send that header',
      );
    return { kind: 'proxy', header, ...(roleHeader !== undefined && { roleHeader }) };
  }
  if (values.CONSOLE_OIDC_ISSUER !== undefined) return oidc && { kind: 'oidc', oidc };
  if (password !== undefined) return { kind: 'password', password };
  if (hasProxies)
    report(
      'CONSOLE_PROXY_ADDRESSES needs CONSOLE_SIGN_IN_HEADER, CONSOLE_PASSWORD or CONSOLE_OIDC_ISSUER, for users to sign in',
    );
  return { kind: 'open' };
}

/** @param isRead true if the text is the secret, not a placeholder for a file that could not be read. */
function readSecret(
  name: string,
  text: string | undefined,
  { length, isRead }: { length: number; isRead: boolean },
  report: (fault: string) => void,
): Secret | undefined {
  if (text === undefined) return undefined;
  if (isRead && text.length < length) report(`${name} must have at least ${length} characters`);
  return new Secret(text);
}

function readOrigin(
  name: string,
  text: string | undefined,
  report: (fault: string) => void,
): string | undefined {
  const url = readUrl(name, text, report);
  if (url === undefined) return undefined;
  const { origin, pathname } = new URL(url);
  if (pathname !== '/') report(`${name} must not have a path; use ${origin}`);
  return origin;
}

function readUrl(
  name: string,
  text: string | undefined,
  report: (fault: string) => void,
): string | undefined {
  if (text === undefined) return undefined;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/$/, '');
  report(`${name} must be a URL, such as https://graph.acme.com`);
  return undefined;
}
