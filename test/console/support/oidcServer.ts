import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { Provider, type Configuration } from 'oidc-provider';
import { send, type Visitor } from '../../../dev/lab/browser/browser';

export const CLIENT_ID = 'okta-graph-console';
export const CLIENT_SECRET = 'the-secret-of-the-console-at-its-provider';

/** What a provider knows of someone. */
export interface Account {
  email?: string;
  email_verified?: boolean;
  preferred_username?: string;
  groups?: string | string[];
}

export interface OidcServerOptions {
  /** The redirect URI of the console. */
  redirectUri: string;
  accounts: Readonly<Record<string, Account>>;
  /** 0 picks a free port. */
  port?: number;
  /** True if claims are in the ID token; otherwise they are only in userinfo. */
  claimsInIdToken?: boolean;
  /** How the console has to send its secret. */
  authMethod?: 'client_secret_basic' | 'client_secret_post';
}

/** A real OpenID Connect provider that asks nobody for a password. */
export interface OidcServer {
  issuer: string;
  provider: Provider;
  /** Who signs in next. */
  account: string;
  close(): Promise<void>;
}

/** Starts a provider on this machine. */
export async function startOidcServer({
  redirectUri,
  accounts,
  port = 0,
  claimsInIdToken = true,
  authMethod = 'client_secret_basic',
}: OidcServerOptions): Promise<OidcServer> {
  const server: Server = createServer((request, response) => handle(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(
    issuer,
    configuration({ redirectUri, accounts, claimsInIdToken, authMethod }),
  );
  const answer = provider.callback();
  const running: OidcServer = {
    issuer,
    provider,
    account: '',
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  const handle = (...[request, response]: Parameters<typeof answer>): void => {
    if (request.url?.startsWith('/interaction/') !== true) return void answer(request, response);
    const login = { login: { accountId: running.account } };
    void provider.interactionFinished(request, response, login);
  };
  return running;
}

function configuration({
  redirectUri,
  accounts,
  claimsInIdToken,
  authMethod,
}: Required<Omit<OidcServerOptions, 'port'>>): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: authMethod,
      },
    ],
    clientAuthMethods: [authMethod],
    jwks: { keys: [{ ...KEY.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' } as never] },
    cookies: { keys: ['a key of a test'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['preferred_username'],
      groups: ['groups'],
    },
    conformIdTokenClaims: !claimsInIdToken,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts[sub] }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: CLIENT_ID,
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
  };
}

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/**
 * Signs in at the provider as `account`, from the console's sign-in page.
 *
 * @param to the path that they wanted to open.
 * @param change what somebody else changes in the address of the provider.
 * @returns the path and query of the console to which the provider redirects.
 */
export async function signInAt(
  server: OidcServer,
  visitor: Visitor,
  { account, to = '/', change }: { account: string; to?: string; change?: (url: URL) => void },
): Promise<string> {
  await visitor.open(`/sign-in/start?to=${encodeURIComponent(to)}`);
  const start = new URL(String(visitor.page.headers['location']));
  change?.(start);
  server.account = account;
  const cookies = new Map<string, string>();
  let url = start.href;
  while (!url.startsWith(visitor.origin)) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const { headers, status, body } = await send(url, { headers: { cookie } });
    for (const each of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      cookies.set(name, value);
    }
    if (headers['location'] === undefined) throw new Error(`The provider answered ${status}: ${body}`);
    url = new URL(String(headers['location']), url).href;
  }
  return url.slice(visitor.origin.length);
}
