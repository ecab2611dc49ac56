import { z } from 'zod';
import { oktaId } from '../ids';
import type { OrgState } from '../orgState';
import { Random } from '../random';
import { seedUser } from '../userRecord';
import type { Target } from './event';
import { EVENT_TYPES, type EventType } from './eventTypes';
import { groupTarget, userTarget } from './targets';

const FLOOD_STREAM = 123;
/** Index of the first user and group that no org has. */
const UNKNOWN_INDEX = 500_000_000;
const UNKNOWN_COUNT = 1_000_000;

/** Events that nothing has happened for. */
const FLOOD = z.strictObject({
  events: z.number().int().min(1).max(1_000_000),
  /** `nobody` for ids that the org does not have, `users` for random users and groups that do not change. */
  concerning: z.enum(['nobody', 'users']).default('nobody'),
  /** Types to draw from. Those that begin with `group.` also have a group as a target. */
  types: z
    .array(z.enum(Object.keys(EVENT_TYPES) as [EventType, ...EventType[]]))
    .min(1)
    .default(['user.session.start', 'user.account.update_profile', 'group.user_membership.add']),
  /** Time from now over which the events are published, such as 60,000 for a minute. */
  overMs: z.number().nonnegative().default(0),
});

/** A flood as written; fields with defaults may be left out. */
export type Flood = z.input<typeof FLOOD>;

/**
 * Records many events. The same flood on the same org records the same events.
 *
 * @throws ZodError for an invalid field.
 */
export function flood(org: OrgState, wanted: Flood): void {
  const { events, concerning, types, overMs } = FLOOD.parse(wanted);
  const { log, users, groups, options } = org;
  const random = new Random(options.seed, FLOOD_STREAM, log.counts.recorded);
  const nowMs = Math.floor(org.nowMs());
  const userOf = (index: number): Target =>
    userTarget(
      (concerning === 'users' && users[index % users.length]) || seedUser(options.seed, index, nowMs),
    );
  const groupOf = (index: number): Target =>
    groupTarget(
      (concerning === 'users' && groups[index % groups.length]) || {
        id: oktaId('00g', options.seed, index),
        profile: { name: `Unknown ${index}` },
      },
    );
  for (let i = 0; i < events; i++) {
    const type = random.pick(types);
    const index = UNKNOWN_INDEX + random.below(UNKNOWN_COUNT);
    const targets = [userOf(index), ...(type.startsWith('group.') ? [groupOf(index)] : [])];
    log.record({ type, targets }, nowMs + Math.floor((i * overMs) / events));
  }
}
