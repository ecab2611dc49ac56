import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceApp } from './clientAssertion';
import { Credentials } from './credentials';
import { Faults } from './faults';
import { Handler } from './handler';
import { defaultMemberships } from './seedMembers';
import { Org } from './org';
import { defaultSettings, type Settings, type SettingsChange } from './settings';
import { Stats } from './stats';

const DEFAULT_TOKEN = '00SimulatedOrgNoSecretHere0123456789abcdef';

/** The size of the org and where it listens, and what can change later. */
export interface SimulatorOptions extends SettingsChange {
  /** Default 200. */
  users?: number;
  /** `Everyone` among them; default a tenth of the users. */
  groups?: number;
  /** Those of `Everyone` among them; default about 11 a user. */
  memberships?: number;
  /** The same seed gives the same org, and with the same `epochMs` to the millisecond. Default 1. */
  seed?: number;
  /** Default 0, a free one. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Names, without a port, that it answers under in addition to those of this machine; none by default. */
  hostNames?: readonly string[];
  /** The only API token that is let in. */
  token?: string;
  /** The service app that gets access tokens; none by default. */
  app?: ServiceApp;
  /** The org's own id; default one that the seed gives. */
  organizationId?: string;
  /** Default true; see `awkward.ts`. */
  awkward?: boolean;
  /** So many users have a profile of 1 MB; default 0. */
  hugeProfiles?: number;
  /** The stamps of the seed are counted back from that day, epoch milliseconds; default `now()`. */
  epochMs?: number;
  /** The clock of stamps and of `Date`, epoch milliseconds; default this machine's. */
  now?: () => number;
}

/** A running simulated org. */
export interface Simulator {
  /** `127.0.0.1:PORT`, good for `OKTA_DOMAIN`. */
  readonly domain: string;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** The API token that is let in now. */
  readonly token: string;
  /** What is let in; change it in place. */
  readonly credentials: Credentials;
  readonly org: Org;
  readonly stats: Stats;
  readonly faults: Faults;
  /** In force; change them in place. */
  readonly settings: Settings;
  /** Ends open connections, stalled ones too. */
  close(): Promise<void>;
}

/**
 * Starts a simulated Okta org on `node:http`.
 *
 * @throws RangeError when the memberships do not fit, ZodError for a bad setting, and what listening throws.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { users = 200, groups = Math.max(1, Math.round(users / 10)), memberships, ...others } = options;
  const { seed = 1, awkward = true, hugeProfiles = 0, now = Date.now, epochMs = now(), ...network } = others;
  const {
    port = 0,
    host = '127.0.0.1',
    hostNames = [],
    token = DEFAULT_TOKEN,
    app,
    organizationId,
    ...change
  } = network;
  const settings = defaultSettings(change);
  const server = createServer({ keepAliveTimeout: 60_000 });
  server.listen(port, host);
  await once(server, 'listening');
  try {
    const domain = `${host === '0.0.0.0' ? '127.0.0.1' : host}:${portOf(server)}`;
    const origin = `http://${domain}`;
    const size = { users, groups, memberships: memberships ?? defaultMemberships(users, groups) };
    const options = { ...size, seed, origin, awkward, hugeProfiles, now, epochMs };
    const org = new Org({ ...options, ...(organizationId !== undefined && { organizationId }) }, settings);
    const stats = new Stats();
    const faults = new Faults(seed);
    const credentials = new Credentials(token, app, settings, () => org.nowMs());
    const handler = new Handler({
      org,
      settings,
      stats,
      faults,
      credentials,
      hosts: hostsOf([host, ...hostNames], server),
    });
    server.on('request', (request, response) => void handler.handle(request, response));
    const close = async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    };
    return {
      domain,
      origin,
      credentials,
      org,
      stats,
      faults,
      settings,
      close,
      get token() {
        return credentials.token;
      },
    };
  } catch (error) {
    server.close();
    throw error;
  }
}

/** The names of a server: those of this machine's loopback, and those that it was given. */
function hostsOf(names: readonly string[], server: Server): ReadonlySet<string> {
  const port = portOf(server);
  return new Set(
    ['127.0.0.1', 'localhost', '[::1]', ...names].map((name) => `${name.toLowerCase()}:${port}`),
  );
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
