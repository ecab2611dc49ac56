import { isIP } from 'node:net';
import ms from 'ms';
import { z } from 'zod';
import { ACCESS_KINDS, LONGEST_DEADLINE_MS, type AccessKind } from '../contract';
import { Secret } from '../orgs/secret';
import { parseOmitted, parsePatterns, parsePromoted, type GroupPatterns } from './dataRules';
import {
  keyBytes,
  NOTICE_FORMATS,
  NOTICE_REASONS,
  NOTIFY_SECRETS,
  NOTIFY_URLS,
  parseNotifyUrl,
  type NoticeReason,
} from './notify';
import { durationMs } from '../text/parseDuration';

/** A variable that may be absent. @param unset what applies then, if that is not obvious. */
const optional = (meaning: string, unset?: string) =>
  z.string().optional().meta({ description: meaning, unset });

const wholeNumber = (lowest: number, highest: number, byDefault: number) => {
  const values = `a whole number from ${lowest} to ${highest}`;
  return z
    .string()
    .regex(/^\d+$/, `must be ${values}`)
    .transform(Number)
    .refine((n) => n >= lowest && n <= highest, `must be ${values}`)
    .prefault(String(byDefault))
    .meta({ values });
};

/** A duration such as `15m`; a number other than 0 without a unit is rejected. */
const duration = (byDefault: string, { zeroAllowed = false, lowestMs = 1, highestMs = Infinity } = {}) => {
  const atLeast = lowestMs === 1 ? '' : `, at least ${ms(lowestMs)}`;
  const atMost = highestMs === Infinity ? '' : ` and at most ${ms(highestMs)}`;
  const values = `a duration such as ${byDefault}${atLeast}${atMost}${zeroAllowed ? ', or 0' : ''}`;
  return z
    .string()
    .default(byDefault)
    .transform((text, context) => {
      const value = text.trim() === '0' ? 0 : durationMs(text.trim());
      const isWithin = value !== undefined && value >= lowestMs && value <= highestMs;
      if (isWithin || (zeroAllowed && value === 0)) return value;
      context.addIssue({ code: 'custom', message: `must be ${values}` });
      return z.NEVER;
    })
    .meta({ values });
};

const WATCHING = 'off, or a duration such as 20s, at least 10s and at most 1h';

/** Undefined if the System Log is not watched. */
const watchInterval = z
  .string()
  .default('off')
  .transform((text, context) => {
    if (text.trim().toLowerCase() === 'off') return undefined;
    const value = durationMs(text.trim());
    if (value !== undefined && value >= 10_000 && value <= 3_600_000) return value;
    context.addIssue({ code: 'custom', message: `must be ${WATCHING}` });
    return z.NEVER;
  })
  .meta({ values: WATCHING });

const flag = (byDefault: boolean) =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false'], { error: 'must be true or false' }))
    .transform((text) => text === 'true')
    .prefault(String(byDefault));

const accessKinds = (byDefault: string) => {
  const values = `none, or a list of ${ACCESS_KINDS.join(', ')}`;
  return z
    .string()
    .default(byDefault)
    .transform((text, context): AccessKind[] => {
      const names = text.split(',').map((name) => name.trim().toLowerCase());
      if (names.length === 1 && names[0] === 'none') return [];
      const kinds = ACCESS_KINDS.filter((kind) => names.includes(kind));
      if (kinds.length === names.length) return kinds;
      context.addIssue({ code: 'custom', message: `must be ${values}` });
      return z.NEVER;
    })
    .meta({ values });
};

/** A list of some of these names; all of them by default. */
const someOf = <T extends string>(all: readonly T[]) => {
  const values = `a list of ${all.join(', ')}`;
  return z
    .string()
    .default(all.join(','))
    .transform((text, context): T[] => {
      const names = text.split(',').map((name) => name.trim().toLowerCase());
      const known = all.filter((each) => names.includes(each));
      if (known.length === names.length) return known;
      context.addIssue({ code: 'custom', message: `must be ${values}` });
      return z.NEVER;
    })
    .meta({ values });
};

/** Patterns of group names, which may be absent. */
const groupPatterns = z
  .string()
  .optional()
  .transform((text, context): GroupPatterns | undefined =>
    text === undefined
      ? undefined
      : parsePatterns(text, (message) => context.addIssue({ code: 'custom', message })),
  );

const PATTERNS = 'patterns such as `Engineering*,!*-test`: `*` is any text, `?` any character, `!` excludes';

/** A text that is never printed. */
const secret = (isUsable: (text: string) => boolean, values: string) =>
  z
    .string()
    .trim()
    .refine(isUsable, `must be ${values}`)
    .transform((text) => new Secret(text))
    .optional();

/** A list that may be absent, which is empty then. @param parse reports each error. */
const list = <T>(parse: (text: string, report: (fault: string) => void) => T[]) =>
  z
    .string()
    .optional()
    .transform((text, context): T[] =>
      text === undefined ? [] : parse(text, (message) => context.addIssue({ code: 'custom', message })),
    );

const ADDRESSES = 'an IP address and a port, such as 127.0.0.1:9464, or 0.0.0.0:9464 for all interfaces';

const listenAddress = z
  .string()
  .transform((text, context) => {
    const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
    const host = bracketed ?? plain ?? '';
    if (isIP(host) !== 0 && Number(port) <= 65_535) return { host, port: Number(port) };
    context.addIssue({ code: 'custom', message: `must be ${ADDRESSES}` });
    return z.NEVER;
  })
  .optional()
  .meta({ values: ADDRESSES });

/** The only protocol that both parts that send, of Temporal and of OpenTelemetry, have in common here. */
export const OTLP_PROTOCOL = 'http/protobuf';

const COLLECTOR = 'must be a URL such as http://collector:4318, without a query, a fragment or a password';

const LEVELS = 'trace, debug, info, warn or error';

/**
 * The variables and their meanings; docs/configuration.md is generated from them, and links are relative to that page.
 * Credentials for Okta are validated by `readCredentials`, and connections to Temporal by its client.
 */
export const VARIABLES = z.object({
  OKTA_DOMAIN: optional(
    '`acme.okta.com`, without `-admin`. A loopback host with a port is reached over http, everything else over https',
    'required',
  ),
  OKTA_API_TOKEN: optional(
    'the [API token](credentials.md#api-token), or `OKTA_API_TOKEN_FILE`',
    'required, or a service app',
  ),
  OKTA_CLIENT_ID: optional(
    'the client ID of a [service app](credentials.md#service-app), instead of the token',
  ),
  OKTA_PRIVATE_KEY: optional('the private key of the service app, PEM or JWK, or `OKTA_PRIVATE_KEY_FILE`'),
  OKTA_CREDENTIALS_DIR: optional(
    'a directory of `<domain>.json` files for [several orgs](credentials.md#several-orgs), in addition to or instead of the variables above',
  ),
  OKTA_MAX_API_CAPACITY: wholeNumber(1, 100, 75).describe(
    "percent of the rate limit in Okta's responses that a sync may use; the rest is left to your other applications",
  ),
  OKTA_MAX_CONCURRENCY: wholeNumber(1, 75, 10).describe(
    'parallel requests of one worker; lowered automatically when Okta rejects that many',
  ),
  SYNC_INTERVAL: duration('2h', { lowestMs: 60_000 }).describe(
    'interval of the schedule; takes effect with `schedule apply`',
  ),
  WATCH_INTERVAL: watchInterval.describe(
    'how often the [System Log is polled](watch.md), so that a change is in the graph within seconds; takes effect with `schedule apply`',
  ),
  SYNC_ACCESS: accessKinds('rules').describe(
    'what is synced in addition to users, groups and memberships: group rules, apps with their direct assignments, admin roles',
  ),
  SYNC_MEMBERS_OF: groupPatterns.meta({
    description:
      'the groups [whose members are read](data-protection.md#groups-whose-members-are-read), by name; groups that are built into Okta, such as Everyone, always are',
    values: PATTERNS,
    unset: 'all groups',
  }),
  SYNC_FULL_EVERY: duration('24h', { zeroAllowed: true }).describe(
    'within this time, every user and the members of every group are read at least once, [changed or not](how-a-run-works.md#verification); `0` makes every automatic run full',
  ),
  SYNC_VERIFY: z.enum(['spread', 'daily'], { error: 'must be spread or daily' }).default('spread').meta({
    description:
      'how automatic runs read what has not changed: `spread` reads a share of it in each run, and [lists only changed groups](how-a-run-works.md#lists-of-changed-groups) of large orgs; `daily` makes a run full when the last full run that tried every group is older than `SYNC_FULL_EVERY`',
    values: '`spread` or `daily`',
  }),
  SYNC_MAX_DELETE_PERCENT: wholeNumber(0, 100, 20).describe(
    'percent: the limit of the [deletion breaker](how-a-run-works.md#deletion)',
  ),
  SYNC_RUN_DEADLINE: duration('12h', { lowestMs: 60_000, highestMs: LONGEST_DEADLINE_MS }).describe(
    'a run that is not done by then ends with a report, and the next one continues',
  ),
  SYNC_RUN_RETENTION: duration('400d', { zeroAllowed: true, lowestMs: 86_400_000 }).describe(
    'a `SyncRun` that ended longer ago is removed by the next run, except for the last success and the last full run; `0` keeps all',
  ),
  HISTORY_RETENTION: duration('400d', { zeroAllowed: true, lowestMs: 86_400_000 }).describe(
    'how long [history](history.md) is kept; `0` keeps none',
  ),
  USER_PROPERTIES: list((text, report) => parsePromoted('User', text, report)).meta({
    description:
      'profile attributes of users that become [properties](data-protection.md#properties-of-your-own) of their nodes',
    values: 'a list such as `costCenter,countryCode:country`',
  }),
  GROUP_PROPERTIES: list((text, report) => parsePromoted('Group', text, report)).meta({
    description: 'the same for groups',
    values: 'a list such as `samAccountName:sam_account_name`',
  }),
  OMIT_ATTRIBUTES: list(parseOmitted).meta({
    description:
      'profile attributes of users and groups that are [never stored](data-protection.md#attributes-that-are-never-stored), not even in the raw object',
    values: 'a list such as `mobilePhone,secondEmail`',
  }),
  OKTA_LABELS: flag(true).describe(
    'nodes also carry a label of their own, such as `OktaUser`; set it to `false` in a database [shared with cartography](graph.md#a-database-shared-with-other-tools)',
  ),
  SHOW_OKTA_INTEGRATION: flag(true).describe('the [feature flag](#feature-flag)'),
  NOTIFY_URL: secret((text) => parseNotifyUrl(text) !== undefined, NOTIFY_URLS).meta({
    description:
      'where the end of a run that changed something, withheld removals or failed is [announced](notifications.md), or `NOTIFY_URL_FILE`; https, or http on this machine. The whole URL is a secret',
    unset: 'off',
  }),
  NOTIFY_SECRET: secret((text) => keyBytes(text) !== undefined, NOTIFY_SECRETS).meta({
    description:
      'the key of the [signature](notifications.md#verify-the-signature), or `NOTIFY_SECRET_FILE`: `echo whsec_$(openssl rand -base64 32)`',
    unset: 'required for the format `json`',
  }),
  NOTIFY_FORMAT: z
    .enum(NOTICE_FORMATS, { error: `must be ${NOTICE_FORMATS.join(' or ')}` })
    .optional()
    .meta({
      description:
        'the [format](notifications.md#what-is-sent): `json`, or `slack` for an incoming webhook of Slack',
      unset: '`slack` for `hooks.slack.com`, otherwise `json`',
    }),
  NOTIFY_GROUPS: groupPatterns.meta({
    description:
      'the groups whose changes are [listed](notifications.md#what-is-sent), by name; those with an admin role always are',
    values: PATTERNS,
  }),
  NOTIFY_NAMES: flag(false).describe(
    '`true`: notifications have the [names and emails](notifications.md#names) of people, and the names of groups; otherwise Okta IDs and counts',
  ),
  NOTIFY_ABOUT: someOf<NoticeReason>(NOTICE_REASONS).describe(
    'what a run is announced for; a run to which none of it applies is not',
  ),
  TEMPORAL_ADDRESS: z
    .string()
    .refine(hasNoLogin, 'must have no user name or password')
    .default('localhost:7233')
    .describe('`host:port`'),
  TEMPORAL_NAMESPACE: z.string().default('default').describe('the namespace'),
  TEMPORAL_TASK_QUEUE: z
    .string()
    .default('okta-sync')
    .describe('the task queue that the worker polls and the schedule uses'),
  TEMPORAL_API_KEY: optional('for Temporal Cloud, or `TEMPORAL_API_KEY_FILE`; turns TLS on'),
  TEMPORAL_DEPLOYMENT_NAME: optional(
    'with the build ID: the deployment of this worker, for [Worker Versioning](operations.md#worker-versioning)',
  ),
  TEMPORAL_WORKER_BUILD_ID: optional('the build of this worker, with the deployment name'),
  NEO4J_URI: z
    .string()
    .refine(
      isNeo4jUri,
      'must start with bolt://, neo4j://, bolt+s://, neo4j+s://, bolt+ssc:// or neo4j+ssc://, followed by a host',
    )
    .refine(hasNoLogin, 'must have no user name or password: set NEO4J_USERNAME and NEO4J_PASSWORD')
    .default('bolt://localhost:7687')
    .describe(
      '`bolt://`, `neo4j://`, `bolt+s://`, `neo4j+s://`, or with `+ssc` for a self-signed certificate',
    ),
  NEO4J_USERNAME: z.string().default('neo4j').describe('the database user'),
  NEO4J_PASSWORD: z
    .string({ error: 'is required, the password of the Neo4j user' })
    .transform((value) => new Secret(value))
    .describe('the password of that user, or `NEO4J_PASSWORD_FILE`'),
  NEO4J_DATABASE: optional('the database', "the server's default"),
  LOG_LEVEL: z
    .string()
    .toUpperCase()
    .pipe(z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'], { error: `must be ${LEVELS}` }))
    .prefault('info')
    .meta({
      description: 'the lowest level in the [log](operations.md#logs) of a worker or the console',
      values: LEVELS,
    }),
  METRICS_ADDRESS: listenAddress.meta({
    description: 'where a worker serves [metrics](operations.md#metrics)',
    unset: 'off',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: COLLECTOR })
    .refine((text) => !/[?#@]/.test(text), COLLECTOR)
    .optional()
    .meta({
      description:
        'the base URL of an OpenTelemetry collector. A worker sends it [traces](operations.md#opentelemetry), and also its metrics if METRICS_ADDRESS is not set',
      unset: 'off',
    }),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .transform((text, context) => {
      const headers = otlpHeaders(text);
      if (headers) return new Secret(JSON.stringify(headers));
      context.addIssue({ code: 'custom', message: 'must be name=value, and commas between several' });
      return z.NEVER;
    })
    .optional()
    .meta({
      description:
        'headers for the collector, such as `Authorization=Bearer%20...`, or `OTEL_EXPORTER_OTLP_HEADERS_FILE`',
    }),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .string()
    .default(OTLP_PROTOCOL)
    .describe('the protocol of the collector; no other is supported'),
  HEALTH_ADDRESS: listenAddress.meta({
    description: 'where a worker serves [health checks](operations.md#health-checks)',
    unset: 'off; port 8080 in the image',
  }),
});

/** Returns false for an address with a password in it, which errors and logs would show. */
function hasNoLogin(address: string): boolean {
  return !address.includes('@');
}

function isNeo4jUri(uri: string): boolean {
  return (
    /^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^\s/]/.test(uri) && URL.canParse(uri.replace(/^[a-z0-9+]+:/, 'http:'))
  );
}

/** Parses `name=value,name=value`, with percent-encoded values; returns undefined if it is something else. */
function otlpHeaders(text: string): Record<string, string> | undefined {
  try {
    const pairs = text
      .split(',')
      .map((pair) => /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? []);
    if (pairs.some(([whole]) => whole === undefined)) return undefined;
    const headers = pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)] as const);
    if (headers.some(([, value]) => !/^[\t\x20-\x7e]*$/.test(value))) return undefined;
    return Object.fromEntries(headers);
  } catch {
    return undefined;
  }
}
