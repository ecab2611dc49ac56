import en from 'zod/v4/locales/en.js';
import * as z from 'zod/mini';
import { CodedError } from '../faults/fault';
import {
  ACCESS_KINDS,
  BUCKETS,
  INCREMENTAL_REASONS,
  LONGEST_DEADLINE_MS,
  REQUESTED_MODES,
  SYNC_MODES,
} from '../contract';
import { failureOf, MAX_REASON } from '../faults/temporalFailure';

/**
 * Schemas of everything that Temporal passes to a run: anybody who may start workflows or activities in the namespace,
 * or record heartbeats there, can write it. Unknown fields, which a newer version may add, are allowed, since workers
 * of two versions share runs during an upgrade; only the request, which people write, is strict.
 */

// Without this, an issue only says "Invalid input".
z.config(en());

/** The latest time of a JavaScript `Date`, milliseconds since the epoch. */
const LATEST_TIME_MS = 8.64e15;

const count = () => z.int().check(z.nonnegative());
const time = () => z.int().check(z.nonnegative(), z.lte(LATEST_TIME_MS));
const text = (maxLength: number) => z.string().check(z.maxLength(maxLength));
const id = () => z.string().check(z.minLength(1), z.maxLength(200));

/** A host name has at most 253 characters and may be followed by a port. */
const domain = () => z.string().check(z.minLength(1), z.maxLength(260));

/** Okta IDs, which become part of a URL's path. */
const oktaIds = () => z.array(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,100}$/))).check(z.maxLength(10_000));

export const TOUCHED = z.looseObject({ users: oktaIds(), groups: oktaIds() });

const LOG_FINDINGS = z.strictObject({
  reason: z.enum(INCREMENTAL_REASONS),
  apps: z.optional(oktaIds()),
  owners: z.optional(TOUCHED),
  gap: z.optional(z.strictObject({ from: z.iso.datetime(), until: z.iso.datetime() })),
});

export const REQUEST = z.strictObject({
  /** Any text: a domain that is not configured is rejected as an unknown org. */
  domain: z.optional(text(1_000)),
  mode: z.optional(z.enum([...REQUESTED_MODES, 'touched'])),
  touched: z.optional(TOUCHED),
  log: z.optional(LOG_FINDINGS),
  allowDeletes: z.optional(z.boolean()),
  approvalId: z.optional(z.uuid()),
});

export const RUN_ID = id();

/** Input of a notification. */
export const NOTIFY_REQUEST = z.looseObject({
  domain: z.optional(text(1_000)),
  runId: id(),
  failure: z.optional(text(100)),
});

export const RUN = z.looseObject({
  domain: domain(),
  number: z.int().check(z.positive()),
  id: id(),
  mode: z.enum(SYNC_MODES),
  allowDeletes: z.boolean(),
  keepsHistory: z.optional(z.boolean()),
  usersChangedSinceMs: z.optional(time()),
  groupsChangedSinceMs: z.optional(time()),
  access: z.optional(z.array(z.enum(ACCESS_KINDS))),
  accessVerifyShare: z.optional(z.number().check(z.positive(), z.lte(1))),
  hasOktaLabels: z.optional(z.boolean()),
});

const BEGUN_RUN = z.extend(RUN, {
  /** In versions up to 0.2.0, a deadline such as `1.1h` was fractional. */
  deadlineMs: z.number().check(z.positive(), z.lte(LONGEST_DEADLINE_MS)),
  searchAttributes: z.optional(z.array(z.string())),
  notifies: z.optional(z.boolean()),
  abandoned: z.optional(z.array(id())),
});

export const LIST_CURSOR = z.looseObject({
  /** Only its length is checked here; the request checks that it is a page of its list. */
  next: z.optional(text(16_384)),
  seen: count(),
  restarts: count(),
  idlePages: z.optional(count()),
  malformedPages: z.optional(count()),
});

/** An {@link OktaWait}. */
export const WAIT = z.strictObject({
  bucket: z.enum(BUCKETS),
  until: z.iso.datetime(),
  reason: z.enum(['limit', 'refused']),
});

export const SWEEP_CURSOR = z.looseObject({
  label: z.enum(['User', 'Group']),
  after: text(200),
  step: z.optional(z.enum(['ask', 'confirm', 'remove', 'finish'])),
});

/** Position in the objects that the log has named. */
export const TOUCHED_CURSOR = z.looseObject({ done: count() });

/** Input of the watch. */
export const WATCH_REQUEST = z.strictObject({
  domain: domain(),
  intervalMs: z.int().check(z.positive(), z.lte(3_600_000)),
  incrementalGapMs: z.optional(z.int().check(z.nonnegative())),
  turns: z.optional(z.int().check(z.positive())),
});

/** Payload of the signal `ping`, which may also have none. */
export const PING = z.nullish(
  z.looseObject({ intervalMs: z.optional(z.int().check(z.positive(), z.lte(3_600_000))) }),
);

/** Position in the System Log. */
export const LOG_CURSOR = z.looseObject({
  next: z.optional(text(16_384)),
  sinceMs: z.optional(time()),
  polledMs: z.optional(time()),
  recent: z.array(text(100)).check(z.maxLength(1_000)),
});

export const LOG_WATCH = z.looseObject({
  domain: domain(),
  intervalMs: z.number().check(z.positive()),
  cursor: z.optional(LOG_CURSOR),
  forMs: z.optional(z.number()),
  isPinged: z.optional(z.boolean()),
});

const FAULT = z.looseObject({
  code: text(100),
  message: text(MAX_REASON),
  advice: z.optional(text(MAX_REASON)),
});

const GAP = z.looseObject({ fromMs: time(), untilMs: time() });

const DUE = z.looseObject({
  reason: z.enum(INCREMENTAL_REASONS),
  apps: oktaIds(),
  owners: z.optional(TOUCHED),
  gap: z.optional(GAP),
});

/** What the watch passes on when it continues as new. */
export const WATCH_STATE = z.looseObject({
  cursor: z.optional(LOG_CURSOR),
  due: z.optional(DUE),
  intervalMs: z.number().check(z.positive()),
  incrementalAtMs: time(),
  freshMs: z.optional(time()),
  trouble: z.optional(FAULT),
  failedRuns: z.optional(z.int().check(z.nonnegative())),
  isPinged: z.optional(z.boolean()),
});

export const DOMAIN = domain();

export const ENDING = z.looseObject({
  outcome: z.enum(['partial', 'failed', 'cancelled', 'abandoned']),
  failure: FAULT,
});

export const ACCESS_PART = z.enum(['read', 'settled']);

const LIST_PROGRESS = z.looseObject({ seen: count(), done: z.boolean() });

/** The state that a workflow run passes to the next one when it continues as new. */
export const STATE = z.looseObject({
  startedAtMs: time(),
  run: z.optional(BEGUN_RUN),
  users: z.nullable(LIST_CURSOR),
  groups: z.nullable(LIST_CURSOR),
  membershipsDone: z.boolean(),
  access: z.optional(ACCESS_PART),
  sweep: z.nullable(SWEEP_CURSOR),
  swept: z.optional(z.boolean()),
  progress: z.looseObject({
    phase: text(50),
    runId: id(),
    domain: z.optional(domain()),
    runNumber: z.optional(z.int()),
    mode: z.optional(z.enum(SYNC_MODES)),
    users: LIST_PROGRESS,
    groups: LIST_PROGRESS,
    memberships: z.looseObject({ groupsDone: count(), groupsTotal: z.optional(count()) }),
    access: z.optional(z.looseObject({ done: count(), total: count() })),
    /** Only displayed; a newer version may have other buckets. */
    waiting: z.optional(z.unknown()),
  }),
});

const LIST_CHUNK = z.looseObject({ cursor: z.optional(LIST_CURSOR), seen: count() });

const NODE_COUNTS = z.looseObject({
  seen: count(),
  created: count(),
  updated: count(),
  deleted: count(),
});

const EDGE_COUNTS = z.looseObject({ total: count(), added: count(), removed: count() });

const REPORT = z.looseObject({
  runId: id(),
  runNumber: z.int(),
  domain: domain(),
  mode: z.enum(SYNC_MODES),
  outcome: z.enum(['succeeded', 'partial', 'failed', 'cancelled', 'abandoned']),
  failure: z.optional(z.looseObject({ code: z.string(), message: z.string() })),
  users: NODE_COUNTS,
  groups: NODE_COUNTS,
  memberships: z.looseObject({
    groupsRead: count(),
    groupsVerified: z.optional(count()),
    groupsUnchanged: count(),
    groupsFailed: count(),
    groupsExcluded: z.optional(count()),
    added: count(),
    removed: count(),
  }),
  access: z.optional(
    z.looseObject({
      rules: z.optional(NODE_COUNTS),
      apps: z.optional(NODE_COUNTS),
      assignments: z.optional(EDGE_COUNTS),
      roles: z.optional(EDGE_COUNTS),
    }),
  ),
  okta: z.looseObject({ requests: count(), rateLimited: count(), retries: count(), waitedMs: z.number() }),
  warnings: z.array(z.looseObject({ code: z.string(), message: z.string() })),
  warningsOmitted: count(),
});

/** Results of the activities, by name. */
export const RESULTS = {
  beginRun: BEGUN_RUN,
  syncUsers: LIST_CHUNK,
  syncGroups: LIST_CHUNK,
  syncMemberships: z.looseObject({ done: z.boolean(), groupsDone: count(), groupsTotal: count() }),
  syncAccess: z.looseObject({ isDone: z.boolean(), done: count(), total: count() }),
  sweep: z.nullish(SWEEP_CURSOR),
  endRun: REPORT,
  syncTouched: z.looseObject({ done: count() }),
  watchLog: z.looseObject({
    cursor: LOG_CURSOR,
    touched: TOUCHED,
    apps: oktaIds(),
    owners: z.optional(TOUCHED),
    incremental: z.optional(z.enum(INCREMENTAL_REASONS)),
    gap: z.optional(GAP),
    refused: z.optional(FAULT),
  }),
  awaitTurn: z.nullish(z.unknown()),
  notify: z.looseObject({ status: z.optional(z.int()) }),
};

/**
 * Validates a value from Temporal.
 *
 * @param what names the value in the failure, which says which field is invalid and never repeats a value.
 * @throws ApplicationFailure `INVALID_INPUT`, not retryable.
 */
export function assertInput(schema: z.ZodMiniType, value: unknown, what: string): void {
  const { success, error } = z.safeParse(schema, value);
  if (success) return;
  const [issue] = error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  const fault = `${field === '' ? '' : `${field}: `}${issue?.message ?? 'unusable'}`.slice(0, 300);
  throw failureOf(new CodedError('INVALID_INPUT', `${what} cannot be used: ${fault}.`));
}
