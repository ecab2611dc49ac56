import { EVER, everNode, heldAt, LIMITS } from '../../../src/graph/read/asOf';
import type { GraphDatabase } from '../../../src/graph/database';
import { dateTime } from '../../../src/graph/values';

/** A membership and what is known of its limits; times are Okta's clock, milliseconds since the epoch. */
export interface PastMembership {
  userId: string;
  groupId: string;
  /** It began after this whole reading of the group; null is unknown. */
  notBeforeMs: number | null;
  /** The reading that saw it first; null where the graph had it before it kept history. */
  validFromMs: number | null;
  /** It ended after this whole reading. */
  endedAfterMs: number | null;
  /** The reading that no longer saw it; null while it is true. */
  validToMs: number | null;
}

const MEMBERSHIP = `u.id AS userId, g.id AS groupId, ${LIMITS}`;

/** Who was in a group at a moment, as the latest reading until then told; also of a group that is gone by now. */
export async function membersAt(
  db: GraphDatabase,
  domain: string,
  groupId: string,
  atMs: number,
): Promise<PastMembership[]> {
  return db.read<PastMembership>(
    `${everNode('Group', 'g', '$groupId')}
     MATCH ${EVER} WHERE ${heldAt('$at')}
     RETURN ${MEMBERSHIP} ORDER BY userId`,
    { domain, groupId, at: dateTime(atMs) },
  );
}

/** What a person was in at a moment; also of a user that is gone by now. */
export async function groupsAt(
  db: GraphDatabase,
  domain: string,
  userId: string,
  atMs: number,
): Promise<PastMembership[]> {
  return db.read<PastMembership>(
    `${everNode('User', 'u', '$userId')}
     MATCH ${EVER} WHERE ${heldAt('$at')}
     RETURN ${MEMBERSHIP} ORDER BY groupId`,
    { domain, userId, at: dateTime(atMs) },
  );
}

/** Every membership that one user ever had in one group, the earliest first. */
export async function membershipsOf(
  db: GraphDatabase,
  domain: string,
  userId: string,
  groupId: string,
): Promise<PastMembership[]> {
  return db.read<PastMembership>(
    `${everNode('User', 'u', '$userId')} ${everNode('Group', 'g', '$groupId')}
     MATCH ${EVER}
     RETURN ${MEMBERSHIP} ORDER BY m.valid_from`,
    { domain, userId, groupId },
  );
}
