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

/** Groups read and not yet written, before readers wait with one more each: what a crash would have to read again. */
const MAX_WAITING = 10;

interface MembershipWriterParts {
  org: OktaOrg;
  writer: RunWriter;
  attempt: Attempt<{ groupsDone: number }>;
  failures: GroupFailures;
  /** True if a person has approved removals that Okta's counts contradict. */
  isApproved: () => boolean;
}

/** The one writer of edges: while a transaction runs, readers fill the next. */
export class MembershipWriter {
  private waiting: GroupMembers[] = [];
  /** Never rejects; `failure` tells. */
  private writing: Promise<void> | undefined;
  private failure: unknown;
  /** Readers that wait for room. */
  private blocked: (() => void)[] = [];
  private written = 0;
  /** Groups found at their first look to be counted as larger than they were listed. */
  private short = 0;

  constructor(private readonly parts: MembershipWriterParts) {}

  /** Takes a group that was read whole; waits while too many are ahead of it. Throws what an earlier write met. */
  async add(members: GroupMembers): Promise<void> {
    this.waiting.push(members);
    this.writing ??= this.write();
    if (this.waiting.length >= MAX_WAITING) await new Promise<void>((resolve) => this.blocked.push(resolve));
    this.throwFailure();
  }

  /** Resolves when all that was added is in the graph. */
  async flush(): Promise<void> {
    await this.settled();
    this.throwFailure();
  }

  /** Resolves when no write is under way any more, however that went. */
  async settled(): Promise<void> {
    while (this.writing) await this.writing;
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private async write(): Promise<void> {
    try {
      // MUST NOT end before `writing` is set and `add` waits, or neither would ever be released.
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
    const fits = this.waiting.findIndex((group) => (members += group.ids.size) > MAX_EDGES);
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
        this.parts.failures.take(change.group, error),
      );
      if (confirmation) confirmed.push({ ...change, ...confirmation });
    }
    const orphans = await writeMemberships(writer, confirmed, {
      isApproved: this.parts.isApproved(),
      beat: () => {
        // What is left of a large group is found again by the next attempt.
        attempt.signal.throwIfAborted();
        attempt.beat();
      },
    }).catch((error: unknown) => {
      // How many there were so far is not known.
      forgetKnownUsers(run.domain);
      throw error;
    });
    if (orphans > 0) forgetKnownUsers(run.domain);
  }

  /**
   * What Okta's own count says of a removal, or of a list that may have ended early. It costs a call only where the listed
   * count differs, where members came and went, or where no member at all was returned: an empty answer is never believed
   * alone, nor where there is nothing to remove. Where nobody is removed, only a count is asked for again that is further
   * above the list than it was before.
   *
   * @returns undefined where the group was failed, for an empty answer that the count does not confirm.
   * @throws OktaError `OKTA_NOT_FOUND` for a group that is gone by now.
   */
  private async confirm(change: MembershipChange): Promise<Confirmation | undefined> {
    const { group, ids, add, remove } = change;
    const listed = group.usersCount === null ? null : group.usersCount - ids.size;
    const isEmptyAgainstCount = ids.size === 0 && (group.usersCount ?? 0) > 0;
    if (remove.length === 0 && !isEmptyAgainstCount && !this.mayBeShort(change, listed))
      return { word: 'confirmed', surplus: listed };
    // A member who joined after the list can make up for one who is hidden: the listed count then says nothing.
    if (ids.size > 0 && listed === 0 && add.length === 0) return { word: 'confirmed', surplus: 0 };
    const found = await this.parts.org.group(group.id, this.parts.attempt);
    if (!found) throw new OktaError('OKTA_NOT_FOUND', 'The group was deleted after its members were read.');
    const fresh = readOwn('Group', group.id, found)?.usersCount;
    if (fresh === ids.size) return { word: 'confirmed', surplus: 0 };
    if (ids.size > 0 && remove.length === 0) {
      const surplus = fresh === undefined ? listed : fresh - ids.size;
      if (fresh === undefined || !this.mayBeShort(change, surplus)) return { word: 'confirmed', surplus };
      this.short += 1;
      return { word: 'short', surplus };
    }
    const count = fresh ?? group.usersCount;
    if (ids.size > 0) {
      if (count === null) return { word: 'unconfirmed', surplus: null };
      const surplus = count - ids.size;
      return { word: await this.wordOf(surplus, group, remove), surplus };
    }
    await failGroup(this.parts.writer, group, {
      code: 'MEMBERS_MISSING',
      message: `Okta returned no members although it counts ${count ?? 'an unknown number'}; the group's memberships were kept.`,
    });
    return undefined;
  }

  /**
   * Whether a count is further above the members listed than it ever was; those that cannot be kept were listed too. After
   * some groups of a chunk it is the token that does not see everybody, and no more of them are looked at twice.
   */
  private mayBeShort({ group, warnings }: MembershipChange, surplus: number | null): boolean {
    if (group.deferred === null && this.short >= MAX_SHORT) return false;
    return surplus !== null && surplus - warnings.length > group.surplus;
  }

  /**
   * A count may have more members than were listed since the token no longer sees some of them, or since somebody has joined:
   * one whom it never sees, or a moment ago. Okta's own lists of the groups of those who are missing tell which.
   */
  private async wordOf(
    surplus: number,
    group: ClaimedGroup,
    missing: readonly string[],
  ): Promise<Confirmation['word']> {
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

/** Groups of a chunk that are looked at twice since Okta lists fewer members than it counts; the largest come first. */
const MAX_SHORT = 50;

/** Members missing from one group whose own groups are asked for. */
const MAX_ASKED = 50;
