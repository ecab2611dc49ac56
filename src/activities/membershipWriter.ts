import { KEEP_ALL } from '../config/dataRules';
import {
  MAX_EDGES,
  diffMemberships,
  writeMemberships,
  type Confirmation,
  type ConfirmedChange,
  type GroupMembers,
  type MembershipChange,
} from '../graph/write/memberships';
import type { RunWriter } from '../graph/write/run';
import { failGroup, type ClaimedGroup } from '../graph/write/workList';
import { OktaError } from '../okta/errors';
import type { OktaOrg } from '../okta/org';
import type { Attempt } from './context';
import type { GroupFailures } from './groupFailures';
import { forgetKnownUsers } from './knownUsers';
import { readOwn } from './readItem';

/**
 * Groups, and members of them, waiting to be written at which readers pause, with one more group each: a crash would
 * have to read these again. They are only reached while Neo4j is slower than Okta, far away for example; larger
 * transactions help then.
 */
const MAX_WAITING = 50;
const MAX_WAITING_MEMBERS = 20 * MAX_EDGES;

interface MembershipWriterParts {
  org: OktaOrg;
  writer: RunWriter;
  attempt: Attempt<{ groupsDone: number }>;
  failures: GroupFailures;
  /** Returns true if a person has approved removals that Okta's counts contradict. */
  isApproved: () => boolean;
}

/** The only writer of edges: while a transaction runs, readers prepare the next one. */
export class MembershipWriter {
  private waiting: GroupMembers[] = [];
  /** Never rejects; an error is stored in `failure`. */
  private writing: Promise<void> | undefined;
  private failure: unknown;
  /** Waiting readers. */
  private blocked: (() => void)[] = [];
  private written = 0;
  /** Number of groups whose count exceeded the listed members at their first read. */
  private short = 0;

  constructor(private readonly parts: MembershipWriterParts) {}

  /** Adds a completely read group; waits while too many are queued. Throws the error of an earlier write. */
  async add(members: GroupMembers): Promise<void> {
    this.waiting.push(members);
    this.writing ??= this.write();
    if (this.waiting.length >= MAX_WAITING || this.waitingMembers >= MAX_WAITING_MEMBERS)
      await new Promise<void>((resolve) => this.blocked.push(resolve));
    this.throwFailure();
  }

  /** Resolves when everything added was written to the graph. */
  async flush(): Promise<void> {
    await this.settled();
    this.throwFailure();
  }

  /** Resolves when no write is in progress, even if it failed. */
  async settled(): Promise<void> {
    while (this.writing) await this.writing;
  }

  private get waitingMembers(): number {
    return this.waiting.reduce((sum, group) => sum + sizeOf(group), 0);
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private async write(): Promise<void> {
    try {
      // MUST NOT finish before `writing` is set and `add` waits, or neither would ever be released.
      await Promise.resolve();
      while (this.waiting.length > 0 && this.failure === undefined) {
        this.parts.attempt.signal.throwIfAborted();
        const batch = this.nextBatch();
        this.makeRoom();
        await this.writeBatch(batch);
        this.written += batch.length;
        this.parts.attempt.reached({ groupsDone: this.written });
      }
    } catch (error) {
      this.failure = error;
    } finally {
      this.writing = undefined;
      this.makeRoom();
    }
  }

  private makeRoom(): void {
    for (const resume of this.blocked.splice(0)) resume();
  }

  private nextBatch(): GroupMembers[] {
    let members = 0;
    const fits = this.waiting.findIndex((group) => (members += sizeOf(group)) > MAX_EDGES);
    const batch = this.waiting.slice(0, fits === -1 ? undefined : Math.max(1, fits));
    this.waiting = this.waiting.slice(batch.length);
    return batch;
  }

  private async writeBatch(batch: readonly GroupMembers[]): Promise<void> {
    const { writer, attempt } = this.parts;
    const { db, run } = writer;
    const changes = await diffMemberships(db, run, batch);
    const confirmed: ConfirmedChange[] = [];
    for (const change of changes) {
      const confirmation = await this.confirm(change).catch((error: unknown) =>
        this.parts.failures.record(change.group, error),
      );
      if (confirmation) confirmed.push({ ...change, ...confirmation });
    }
    const orphans = await writeMemberships(writer, confirmed, {
      isApproved: this.parts.isApproved(),
      beat: () => {
        // The next attempt finds the rest of a large group again.
        attempt.signal.throwIfAborted();
        attempt.beat();
      },
    }).catch((error: unknown) => {
      // The number of missing users so far is unknown.
      forgetKnownUsers(run.domain);
      throw error;
    });
    if (orphans > 0) forgetKnownUsers(run.domain);
  }

  /**
   * Compares a group's removals, or a list that may have ended early, to Okta's own count. Requests the group only if
   * the listed count differs, if members both joined and left, or if no members were returned: an empty response is
   * never accepted without confirmation, even if there is nothing to remove. If there are no removals, it only requests
   * a count that exceeds the list by more than before.
   *
   * @returns undefined if the group failed: the count does not confirm an empty response.
   * @throws OktaError `OKTA_NOT_FOUND` if the group has been deleted meanwhile.
   */
  private async confirm(change: MembershipChange): Promise<Confirmation | undefined> {
    const { group, ids, add, remove } = change;
    const listed = group.usersCount === null ? null : group.usersCount - ids.size;
    const isEmptyAgainstCount = ids.size === 0 && (group.usersCount ?? 0) > 0;
    if (remove.length === 0 && !isEmptyAgainstCount && !this.mayBeShort(change, listed))
      return { result: 'confirmed', surplus: listed };
    // A member who joined after the group was listed can compensate for a hidden one: then the listed count proves
    // nothing. Nor does one from an earlier run.
    if (group.isListed && ids.size > 0 && listed === 0 && add.length === 0)
      return { result: 'confirmed', surplus: 0 };
    const found = await this.parts.org.group(group.id, this.parts.attempt);
    if (!found) throw new OktaError('OKTA_NOT_FOUND', 'The group was deleted after its members were read.');
    const fresh = readOwn('Group', group.id, found, KEEP_ALL)?.usersCount;
    if (fresh === ids.size) return { result: 'confirmed', surplus: 0 };
    if (ids.size > 0 && remove.length === 0) {
      const surplus = fresh === undefined ? listed : fresh - ids.size;
      if (fresh === undefined || !this.mayBeShort(change, surplus)) return { result: 'confirmed', surplus };
      this.short += 1;
      return { result: 'short', surplus };
    }
    const count = fresh ?? group.usersCount;
    if (ids.size > 0) {
      if (count === null) return { result: 'unconfirmed', surplus: null };
      const surplus = count - ids.size;
      return { result: await this.resultOf(surplus, group, remove), surplus };
    }
    await failGroup(this.parts.writer, group, {
      code: 'MEMBERS_MISSING',
      message: `Okta returned no members although it counts ${count ?? 'an unknown number'}; the group's memberships were kept.`,
    });
    return undefined;
  }

  /**
   * Returns true if a count exceeds the listed members by more than ever before; listed members that cannot be stored
   * are included. After a number of such groups in a chunk, the token is assumed not to see all users, and no more of
   * them are read twice.
   */
  private mayBeShort({ group, warnings }: MembershipChange, surplus: number | null): boolean {
    if (group.deferred === null && this.short >= MAX_SHORT) return false;
    return surplus !== null && surplus - warnings.length > group.surplus;
  }

  /**
   * Decides what a count above the listed members means: either the token no longer sees some of them, or somebody
   * joined whom it never sees or who joined just now. Okta's lists of the missing members' groups show which.
   */
  private async resultOf(
    surplus: number,
    group: ClaimedGroup,
    missing: readonly string[],
  ): Promise<Confirmation['result']> {
    if (surplus <= group.surplus) return 'unconfirmed';
    if (missing.length > MAX_ASKED) return 'contradicted';
    const haveLeft = await Promise.all(missing.map((id) => this.hasLeft(id, group.id)));
    return haveLeft.includes(false) ? 'contradicted' : 'confirmed';
  }

  private async hasLeft(userId: string, groupId: string): Promise<boolean> {
    try {
      const groups = await this.parts.org.groupIdsOf(userId, this.parts.attempt);
      return groups !== undefined && !groups.has(groupId);
    } catch (error) {
      this.parts.attempt.signal.throwIfAborted();
      if (!(error instanceof OktaError)) throw error;
      return false;
    }
  }
}

/**
 * Maximum number of groups in a chunk that are read twice because Okta lists fewer members than it counts; the largest
 * come first.
 */
const MAX_SHORT = 50;

/** Maximum number of a group's missing members whose own groups are requested. */
const MAX_ASKED = 50;

/** Number of members that a group has, or had: the present ones are read from the graph to compare. */
function sizeOf({ ids, group }: GroupMembers): number {
  return Math.max(ids.size, group.edges);
}
