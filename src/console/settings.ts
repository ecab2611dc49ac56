import { ConfigError, withSecretFiles, type Environment } from '../config';
import { durationMs } from '../duration';
import { isLoopback } from '../okta/domain';
import { Secret } from '../secret';
import { AddressList } from './safety/addresses';
import type { Clock } from './safety/clock';
import type { ScryptCost } from './safety/passwords';

/** Who may use the console: whoever reaches this machine's loopback, who knows the password, or whom a proxy has signed in. */
export type Access =
  | { readonly kind: 'open' }
  | { readonly kind: 'password'; readonly password: Secret }
  | { readonly kind: 'proxy'; readonly header: string };

export interface ConsoleSettings {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The origin that people type, where it is not the loopback address itself. */
  readonly origin?: string;
  readonly access: Access;
  /** The proxies that are believed in what they say of a client: its address, and with `access` of a proxy its sign-in. */
  readonly proxies: AddressList;
  /** Where the Temporal UI is, for links; none without it. */
  readonly temporalUi?: string | undefined;
  /** Whom to ask, in words. */
  readonly contact: string;
  /** How long Neo4j may take over one read, milliseconds. */
  readonly readTimeoutMs: number;
  /** What tests use instead of this machine's clock and the cost that protects a stored password. */
  readonly forTests?: { readonly clock?: Clock; readonly scryptCost?: ScryptCost };
}

/** The shortest password that is taken: it is all that stands between a network and an org's people. */
const SHORTEST_PASSWORD = 12;

/**
 * Reads the `CONSOLE_*` variables. A bad value is a fault, it never falls back to a default; so is an address that
 * others reach without a password or a sign-in proxy.
 *
 * @throws ConfigError with every fault.
 */
export function loadConsoleSettings(environment: Environment): ConsoleSettings {
  const faults: string[] = [];
  const tell = (fault: string) => void faults.push(fault);
  const values = withSecretFiles(environment, ['CONSOLE_PASSWORD'], faults);
  const value = (name: string) => values[name]?.trim();
  const password = readPassword(value('CONSOLE_PASSWORD'), faults.length === 0, tell);

  const address = value('CONSOLE_ADDRESS') ?? '127.0.0.1';
  const port = readPort(value('CONSOLE_PORT') ?? '8080', tell);
  const origin = readOrigin('CONSOLE_ORIGIN', value('CONSOLE_ORIGIN'), tell);
  const temporalUi = readUrl('CONSOLE_TEMPORAL_UI', value('CONSOLE_TEMPORAL_UI'), tell);
  const proxies = readProxies(value('CONSOLE_PROXY_ADDRESSES'), tell);
  const readTimeoutMs = readTimeout(value('CONSOLE_READ_TIMEOUT') ?? '30s', tell);
  const access = readAccess(value('CONSOLE_SIGN_IN_HEADER'), proxies !== undefined, password, tell);
  if (!isLoopbackAddress(address)) {
    if (access?.kind === 'open')
      tell(
        `CONSOLE_ADDRESS is ${address}, which others can reach: set CONSOLE_PASSWORD (or CONSOLE_PASSWORD_FILE), or CONSOLE_SIGN_IN_HEADER and CONSOLE_PROXY_ADDRESSES of a sign-in proxy`,
      );
    if (origin === undefined)
      tell(
        'CONSOLE_ORIGIN is required beside CONSOLE_ADDRESS: what people type, such as https://graph.acme.com',
      );
  }
  if (faults.length > 0 || !access) throw new ConfigError(faults);
  return Object.freeze({
    address,
    port,
    access,
    proxies: proxies ?? new AddressList(),
    ...(origin === undefined ? {} : { origin }),
    ...(temporalUi === undefined ? {} : { temporalUi }),
    contact: value('CONSOLE_CONTACT') ?? 'whoever runs okta-graph here',
    readTimeoutMs,
  });
}

/** Whether only this machine reaches an address to listen on. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopback(address) || address === '::1';
}

/**
 * True if others may reach the console: it listens for other machines, a proxy in front of it does, or it asks who they
 * are.
 */
export function isOpenToOthers({ access, address, origin }: ConsoleSettings): boolean {
  if (access.kind !== 'open') return true;
  return !isLoopbackAddress(address) || (origin !== undefined && !isLoopback(new URL(origin).hostname));
}

function readPort(text: string, tell: (fault: string) => void): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) tell('CONSOLE_PORT must be a whole number from 0 to 65535');
  return port;
}

/** @returns undefined if no proxy is named. */
function readProxies(text = '', tell: (fault: string) => void): AddressList | undefined {
  const entries = text.split(/[\s,]+/).filter(Boolean);
  const proxies = new AddressList();
  for (const entry of entries)
    if (!proxies.add(entry))
      tell(
        `CONSOLE_PROXY_ADDRESSES: ${entry} is neither an IP address nor a CIDR block, such as 10.0.0.7 or 10.0.0.0/24`,
      );
  return entries.length > 0 ? proxies : undefined;
}

function readTimeout(text: string, tell: (fault: string) => void): number {
  const timeoutMs = durationMs(text) ?? 0;
  if (timeoutMs < 1_000) tell('CONSOLE_READ_TIMEOUT must be a duration such as 30s, at least 1s');
  return timeoutMs;
}

function readAccess(
  header: string | undefined,
  hasProxies: boolean,
  password: Secret | undefined,
  tell: (fault: string) => void,
): Access | undefined {
  if (header === undefined) {
    if (password !== undefined) return { kind: 'password', password };
    if (!hasProxies) return { kind: 'open' };
    tell('CONSOLE_PROXY_ADDRESSES needs CONSOLE_SIGN_IN_HEADER or CONSOLE_PASSWORD: how people sign in');
  } else if (password !== undefined)
    tell('CONSOLE_PASSWORD and CONSOLE_SIGN_IN_HEADER are both set; keep one');
  else if (!/^[A-Za-z0-9-]+$/.test(header)) tell('CONSOLE_SIGN_IN_HEADER must be the name of a header');
  else if (!hasProxies)
    tell(
      'CONSOLE_PROXY_ADDRESSES is required beside CONSOLE_SIGN_IN_HEADER: anyone else could send that header',
    );
  else return { kind: 'proxy', header };
  return undefined;
}

/** @param isRead whether it is what was meant, not what stands for a file that could not be read. */
function readPassword(
  text: string | undefined,
  isRead: boolean,
  tell: (fault: string) => void,
): Secret | undefined {
  if (text === undefined) return undefined;
  if (isRead && text.length < SHORTEST_PASSWORD)
    tell(`CONSOLE_PASSWORD must have at least ${SHORTEST_PASSWORD} characters`);
  return new Secret(text);
}

function readOrigin(
  name: string,
  text: string | undefined,
  tell: (fault: string) => void,
): string | undefined {
  const url = readUrl(name, text, tell);
  if (url === undefined) return undefined;
  const { origin, pathname } = new URL(url);
  if (pathname !== '/') tell(`${name} must have no path; write ${origin}`);
  return origin;
}

function readUrl(name: string, text: string | undefined, tell: (fault: string) => void): string | undefined {
  if (text === undefined) return undefined;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/$/, '');
  tell(`${name} must be a URL, such as https://graph.acme.com`);
  return undefined;
}
