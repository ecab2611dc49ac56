import { oktaId } from './ids';
import type { JsonValue } from './json';
import { Random } from './random';

const STATE_STREAM = 22;
const DAY_MS = 86_400_000;

/** Profile attributes to change; undefined removes an attribute. */
export type ProfileChanges = Readonly<Record<string, JsonValue | undefined>>;

/**
 * The stored part of a user. The profile is generated from the index on demand, so that 200,000 users fit into memory.
 * Records are immutable and replaced on changes, because `search` may still show the old record.
 */
export interface UserRecord {
  readonly index: number;
  readonly id: string;
  readonly status: string;
  readonly createdMs: number;
  readonly activatedMs: number | null;
  readonly statusChangedMs: number | null;
  readonly lastLoginMs: number | null;
  readonly lastUpdatedMs: number;
  readonly passwordChangedMs: number | null;
  /** Differences from the generated profile. */
  readonly changes?: ProfileChanges;
}

/** Statuses by index modulo 50, so that 50 people have all statuses that Okta documents. */
const RARE_STATUSES = new Map([
  [26, 'DEPROVISIONED'],
  [28, 'STAGED'],
  [31, 'PROVISIONED'],
  [34, 'RECOVERY'],
  [37, 'PASSWORD_EXPIRED'],
  [40, 'LOCKED_OUT'],
  [43, 'SUSPENDED'],
  [47, 'DEPROVISIONED'],
]);

/** Returns a user of the seed, last changed 2 to 180 days before `epochMs`. */
export function seedUser(seed: number, index: number, epochMs: number): UserRecord {
  const random = new Random(seed, STATE_STREAM, index);
  const status = RARE_STATUSES.get(index % 50) ?? 'ACTIVE';
  const lastUpdatedMs = epochMs - 2 * DAY_MS - random.below(178 * DAY_MS);
  const createdMs = lastUpdatedMs - DAY_MS - random.below(6 * 365 * DAY_MS);
  const sinceCreation = (): number => createdMs + random.below(lastUpdatedMs - createdMs);
  const activatedMs = status === 'STAGED' ? null : createdMs + random.below(DAY_MS);
  // The majority signed in recently, some long ago, and one in eight never.
  const idleDays = 400 * random.next() ** 4;
  const lastLoginMs =
    activatedMs === null || random.chance(1 / 8)
      ? null
      : Math.floor(Math.max(activatedMs, epochMs - idleDays * DAY_MS));
  return {
    index,
    id: oktaId('00u', seed, index),
    status,
    createdMs,
    activatedMs,
    statusChangedMs: status === 'STAGED' ? null : sinceCreation(),
    lastLoginMs,
    lastUpdatedMs,
    passwordChangedMs: activatedMs === null ? null : sinceCreation(),
  };
}
