import { z } from 'zod';

const count = z.number().int().nonnegative();

/** Settings that can be changed while the simulated org runs. */
export const SETTINGS = z.strictObject({
  /** Time to the first byte of a response. */
  latencyMs: z.number().nonnegative(),
  /** Maximum random addition to the latency, drawn from the seed. */
  latencyJitterMs: z.number().nonnegative(),
  /**
   * Calls per window and bucket: the `/users` list; `/groups` and everything below it; `/groups/{id}`; `/users/{id}` and
   * everything below it; `/apps` and everything below it; `/iam`; `/logs`, which has 20 in a small org.
   */
  limits: z.strictObject({
    users: count,
    groups: count,
    group: count,
    user: count,
    apps: count,
    iam: count,
    logs: count,
  }),
  /** A window starts with the first call after the previous one ended; it is not aligned to the clock. */
  windowMs: z.number().positive(),
  /** Maximum number of concurrent calls; null for no limit. */
  maxConcurrent: count.nullable(),
  /** How far Okta's clock (timestamps, `Date` and `X-Rate-Limit-Reset`) is ahead of the system clock. */
  clockSkewMs: z.number(),
  /** Sends rate limit headers with two values, such as `100, 90`; the smaller one applies. */
  doubledHeaders: z.boolean(),
  /** Wrong headers, also on 429 responses. The actual limits do not change. */
  headers: z.strictObject({
    /** Sends no `X-Rate-Limit-*` headers. */
    withoutLimits: z.boolean(),
    /** Seconds to add to `X-Rate-Limit-Reset`. */
    resetOffS: z.number(),
    /** Text to send as `X-Rate-Limit-Reset` instead. */
    reset: z.string().nullable(),
    /** Seconds to add to `Date`. */
    dateOffS: z.number(),
    /** Text to send as `Date` instead. */
    date: z.string().nullable(),
  }),
  /** Form of the `Link` header: several lines, one merged line, or both in turn. */
  linkForm: z.enum(['lines', 'merged', 'alternating']),
  /** Age at which cursors expire; null for never. */
  cursorTtlMs: z.number().nonnegative().nullable(),
  /** Delay until a new `lastMembershipUpdated`, with the time of the change, becomes visible. */
  membershipStampLagMs: z.number().nonnegative(),
  /** True if deleting a user updates the timestamp of its groups, which Okta does not document. */
  userDeletionMovesStamp: z.boolean(),
  /** Probability that a membership change does not update the timestamp. */
  missedStamps: z.number().min(0).max(1),
  /** Delay until `search` shows a change; all other calls show it immediately. */
  searchLagMs: z.number().nonnegative(),
  /** What the token's admin can see. */
  scope: z.strictObject({
    /** Share of the users visible in lists, as members and by id; always the same ones. `usersCount` counts all. */
    visibleShare: z.number().min(0).max(1),
  }),
  /** What the token's admin can read besides users and groups, and how Okta serves it. */
  access: z.strictObject({
    /** False for 403 E0000006 on apps, their assignments, and the apps of a group. */
    readsApps: z.boolean(),
    /** False for 403 E0000006 on role assignments, as for a Read-only Administrator. */
    readsRoles: z.boolean(),
    /** False for 403 E0000006 on the System Log. */
    readsLog: z.boolean(),
    /** False for 400 on group rules, as in an org without the feature. */
    hasRules: z.boolean(),
    /** True for `hasAdminPrivlege` in the stats of groups, as in Okta's published specification. */
    misspellsHasAdminPrivilege: z.boolean(),
    /** True if IAM lists link to the host of the Admin Console. */
    adminHostLinks: z.boolean(),
  }),
  /** How the System Log deviates from a record of all changes in their order. Applies to events recorded from then on. */
  log: z.strictObject({
    /** Time from a change until its event is stored and therefore visible. */
    persistLagMs: z.number().nonnegative(),
    /** Maximum random addition to the lag, which makes `published` jump back. */
    persistJitterMs: z.number().nonnegative(),
    /** Share of the events that are stored twice, with the same `uuid`. */
    repeated: z.number().min(0).max(1),
    /** Share of the events that are never stored. */
    missing: z.number().min(0).max(1),
    /** Number of events to keep; the oldest are dropped. Each takes about 500 bytes. */
    keeps: count,
  }),
  /** Configuration of the service app. */
  oauth: z.strictObject({
    /** Scopes granted to the app. A token gets those that were requested. */
    scopes: z.array(z.string()),
    /** True if a request for a scope that is not granted fails with `invalid_scope`, even if others are granted. */
    refusesUngranted: z.boolean(),
    /** True if tokens are bound to a key that each call has to prove (DPoP). */
    requiresDpop: z.boolean(),
    /** True if API calls also need a nonce, like those to the token endpoint. */
    apiNonces: z.boolean(),
    tokenLifetimeS: z.number().positive(),
  }),
});

export type Settings = z.infer<typeof SETTINGS>;

export const SETTINGS_CHANGE = SETTINGS.extend({
  limits: SETTINGS.shape.limits.partial(),
  scope: SETTINGS.shape.scope.partial(),
  access: SETTINGS.shape.access.partial(),
  log: SETTINGS.shape.log.partial(),
  oauth: SETTINGS.shape.oauth.partial(),
  headers: SETTINGS.shape.headers.partial(),
}).partial();

export type SettingsChange = z.infer<typeof SETTINGS_CHANGE>;

const DEFAULTS: Settings = {
  latencyMs: 0,
  latencyJitterMs: 0,
  limits: {
    users: 10_000,
    groups: 10_000,
    group: 10_000,
    user: 10_000,
    apps: 10_000,
    iam: 10_000,
    logs: 120,
  },
  windowMs: 60_000,
  maxConcurrent: null,
  clockSkewMs: 0,
  doubledHeaders: false,
  headers: { withoutLimits: false, resetOffS: 0, reset: null, dateOffS: 0, date: null },
  linkForm: 'alternating',
  cursorTtlMs: null,
  membershipStampLagMs: 0,
  userDeletionMovesStamp: false,
  missedStamps: 0,
  searchLagMs: 0,
  scope: { visibleShare: 1 },
  access: {
    readsApps: true,
    readsRoles: true,
    readsLog: true,
    hasRules: true,
    misspellsHasAdminPrivilege: false,
    adminHostLinks: false,
  },
  log: { persistLagMs: 0, persistJitterMs: 0, repeated: 0, missing: 0, keeps: 100_000 },
  oauth: {
    scopes: ['okta.users.read', 'okta.groups.read'],
    refusesUngranted: false,
    requiresDpop: false,
    apiNonces: false,
    tokenLifetimeS: 3600,
  },
};

/** Returns the defaults with a change applied. Most default limits are high, so that demos are fast. */
export function defaultSettings(change: SettingsChange = {}): Settings {
  const settings = structuredClone(DEFAULTS);
  changeSettings(settings, change);
  return settings;
}

/**
 * Applies a change in place. Undefined fields do not change.
 *
 * @throws ZodError for an unknown field or an invalid value.
 */
export function changeSettings(settings: Settings, change: SettingsChange): void {
  const { limits, scope, access, log, oauth, headers, ...rest } = SETTINGS_CHANGE.parse(change);
  Object.assign(settings, definedOf(rest));
  Object.assign(settings.limits, definedOf(limits ?? {}));
  Object.assign(settings.scope, definedOf(scope ?? {}));
  Object.assign(settings.access, definedOf(access ?? {}));
  Object.assign(settings.log, definedOf(log ?? {}));
  Object.assign(settings.oauth, definedOf(oauth ?? {}));
  Object.assign(settings.headers, definedOf(headers ?? {}));
}

function definedOf(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
