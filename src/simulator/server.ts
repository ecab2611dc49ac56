import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceApp } from './clientAssertion';
import { Credentials } from './credentials';
import { Faults } from './faults';
import { Handler } from './handler';
import { EventHooks } from './log/eventHooks';
import { defaultAccess } from './access/accessSize';
import { defaultMemberships } from './seedMembers';
import { Org } from './org';
import { defaultSettings, type Settings, type SettingsChange } from './settings';
import { Stats } from './stats';

const DEFAULT_TOKEN = '00SimulatedOrgNoSecretHere0123456789abcdef';

/** Size, address and initial settings of a simulated org. */
export interface SimulatorOptions extends SettingsChange {
  /** Default 200. */
  users?: number;
  /** Including `Everyone`. Default: a tenth of the users. */
  groups?: number;
  /** Including those of `Everyone`. Default: about 11 per user. */
  memberships?: number;
  /** Number of apps. This and the next two default to plausible numbers, such as 40, 15 and 14 for 2,000 users. */
  apps?: number;
  /** Number of group rules; 0 if no group has the type OKTA_GROUP. */
  rules?: number;
  /** Number of direct assignments of admin roles, up to two of them to groups. */
  roles?: number;
  /** The same seed gives the same org; with the same `epochMs`, timestamps are equal to the millisecond. Default: 1. */
  seed?: number;
  /** Default: 0, which picks a free port. */
  port?: number;
  /** Default: 127.0.0.1. */
  host?: string;
  /** Accepted host names, without port, in addition to those of this machine. Default: none. */
  hostNames?: readonly string[];
  /** The only accepted API token. */
  token?: string;
  /** The service app that can get access tokens. Default: none. */
  app?: ServiceApp;
  /** Id of the org. Default: derived from the seed. */
  organizationId?: string;
  /** Default: true; see `awkward.ts`. */
  awkward?: boolean;
  /** Number of users with a profile of 1 MB. Default: 0. */
  hugeProfiles?: number;
  /** The day, in epoch milliseconds, that timestamps of the seed are based on. Default: `now()`. */
  epochMs?: number;
  /** Clock for timestamps and `Date`, in epoch milliseconds. Default: the system clock. */
  now?: () => number;
}

/** A running simulated org. */
export interface Simulator {
  /** `127.0.0.1:PORT`, for `OKTA_DOMAIN`. */
  readonly domain: string;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** The currently accepted API token. */
  readonly token: string;
  /** The accepted credentials; can be changed in place. */
  readonly credentials: Credentials;
  readonly org: Org;
  readonly stats: Stats;
  readonly faults: Faults;
  readonly hooks: EventHooks;
  /** The current settings; can be changed in place. */
  readonly settings: Settings;
  /** Stops the server and closes all connections, including stalled ones. */
  close(): Promise<void>;
}

/**
 * Starts a simulated Okta org on `node:http`.
 *
 * @throws RangeError if the memberships do not fit into the groups.
 * @throws ZodError for an invalid setting.
 * @throws Error if it cannot listen on the port.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { users = 200, groups = Math.max(1, Math.round(users / 10)), memberships, ...others } = options;
  const { seed = 1, awkward = true, hugeProfiles = 0, now = Date.now, epochMs = now(), ...network } = others;
  const { apps, rules, roles, ...settingsAndPlace } = network;
  const {
    port = 0,
    host = '127.0.0.1',
    hostNames = [],
    token = DEFAULT_TOKEN,
    app,
    organizationId,
    ...change
  } = settingsAndPlace;
  const settings = defaultSettings(change);
  const server = createServer({ keepAliveTimeout: 60_000 });
  server.listen(port, host);
  await once(server, 'listening');
  try {
    const domain = `${host === '0.0.0.0' ? '127.0.0.1' : host}:${portOf(server)}`;
    const origin = `http://${domain}`;
    const size = { users, groups, memberships: memberships ?? defaultMemberships(users, groups) };
    const byDefault = defaultAccess(users);
    const access = {
      apps: apps ?? byDefault.apps,
      rules: rules ?? byDefault.rules,
      roles: roles ?? byDefault.roles,
    };
    const options = { ...size, access, seed, origin, awkward, hugeProfiles, now, epochMs };
    const org = new Org({ ...options, ...(organizationId !== undefined && { organizationId }) }, settings);
    const stats = new Stats();
    const faults = new Faults(seed);
    const credentials = new Credentials(token, app, settings, () => org.nowMs());
    const hooks = new EventHooks(org);
    const handler = new Handler({
      org,
      settings,
      stats,
      faults,
      credentials,
      hooks,
      hosts: hostsOf([host, ...hostNames], server),
    });
    server.on('request', (request, response) => void handler.handle(request, response));
    const close = async (): Promise<void> => {
      hooks.remove();
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
      hooks,
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

/** Returns the accepted hosts of a server: loopback names and the given names. */
function hostsOf(names: readonly string[], server: Server): ReadonlySet<string> {
  const port = portOf(server);
  return new Set(
    ['127.0.0.1', 'localhost', '[::1]', ...names].map((name) => `${name.toLowerCase()}:${port}`),
  );
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
