import { z } from 'zod';

const count = z.number().int().nonnegative();

/** What can be changed while the simulated org runs; a part of it is enough. */
export const SETTINGS = z.strictObject({
  /** Time to the first byte of an answer. */
  latencyMs: z.number().nonnegative(),
  /** Up to this much more, drawn from the seed. */
  latencyJitterMs: z.number().nonnegative(),
  /** Calls in one window, by bucket: the `/users` list; `/groups` and all below it; exact `/groups/{id}`; `/users/{id}`. */
  limits: z.strictObject({ users: count, groups: count, group: count, user: count }),
  /** A window starts with the first call after the last one ended, so it is not aligned to the clock. */
  windowMs: z.number().positive(),
  /** Calls at one time; null is no limit. */
  maxConcurrent: count.nullable(),
  /** How far Okta's clock (stamps, `Date` and `X-Rate-Limit-Reset`) is ahead of this machine's. */
  clockSkewMs: z.number(),
  /** Rate limit headers as `100, 90`; the smaller is the one that holds. */
  doubledHeaders: z.boolean(),
  /** What the headers say that is not so, of 429s too; the limits themselves stay. */
  headers: z.strictObject({
    /** No `X-Rate-Limit-*` at all. */
    withoutLimits: z.boolean(),
    /** `X-Rate-Limit-Reset` is so many seconds off. */
    resetOffS: z.number(),
    /** Another text in its place; null is none. */
    reset: z.string().nullable(),
    /** `Date` is so many seconds off. */
    dateOffS: z.number(),
    /** Another text in its place; null is none. */
    date: z.string().nullable(),
  }),
  /** `alternating` takes turns between several `Link` lines and one merged line. */
  linkForm: z.enum(['lines', 'merged', 'alternating']),
  /** Age at which a cursor is refused; null is never. */
  cursorTtlMs: z.number().nonnegative().nullable(),
  /** How late a new `lastMembershipUpdated` is seen; it then carries the earlier time. */
  membershipStampLagMs: z.number().nonnegative(),
  /** Whether deleting a user moves the stamp of its groups, which Okta does not document. */
  userDeletionMovesStamp: z.boolean(),
  /** Probability that a change of membership does not move the stamp. */
  missedStamps: z.number().min(0).max(1),
  /** How late `search` sees a change; everything else sees it at once. */
  searchLagMs: z.number().nonnegative(),
  /** What the token's admin may see. */
  scope: z.strictObject({
    /** Share of the users, always the same ones, that it sees in lists, as members and by id; `usersCount` counts all. */
    visibleShare: z.number().min(0).max(1),
  }),
  /** How the service app is set up. */
  oauth: z.strictObject({
    /** Those that it is granted; a token gets what was asked for of them. */
    scopes: z.array(z.string()),
    /** Whether a token is bound to a key that each call has to prove (DPoP). */
    requiresDpop: z.boolean(),
    /** Whether calls of the API need a nonce too, as those of the token endpoint do. */
    apiNonces: z.boolean(),
    tokenLifetimeS: z.number().positive(),
  }),
});

export type Settings = z.infer<typeof SETTINGS>;

export const SETTINGS_CHANGE = SETTINGS.extend({
  limits: SETTINGS.shape.limits.partial(),
  scope: SETTINGS.shape.scope.partial(),
  oauth: SETTINGS.shape.oauth.partial(),
  headers: SETTINGS.shape.headers.partial(),
}).partial();

export type SettingsChange = z.infer<typeof SETTINGS_CHANGE>;

const DEFAULTS: Settings = {
  latencyMs: 0,
  latencyJitterMs: 0,
  limits: { users: 10_000, groups: 10_000, group: 10_000, user: 10_000 },
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
  oauth: {
    scopes: ['okta.users.read', 'okta.groups.read'],
    requiresDpop: false,
    apiNonces: false,
    tokenLifetimeS: 3600,
  },
};

/** The defaults with a change applied; limits are generous, so that a demo is quick. */
export function defaultSettings(change: SettingsChange = {}): Settings {
  const settings = structuredClone(DEFAULTS);
  changeSettings(settings, change);
  return settings;
}

/**
 * Applies a change in place; a field that is undefined stays as it is.
 *
 * @throws ZodError for an unknown field or a bad value.
 */
export function changeSettings(settings: Settings, change: SettingsChange): void {
  const { limits, scope, oauth, headers, ...rest } = SETTINGS_CHANGE.parse(change);
  Object.assign(settings, definedOf(rest));
  Object.assign(settings.limits, definedOf(limits ?? {}));
  Object.assign(settings.scope, definedOf(scope ?? {}));
  Object.assign(settings.oauth, definedOf(oauth ?? {}));
  Object.assign(settings.headers, definedOf(headers ?? {}));
}

function definedOf(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
