import { CODES } from '../../codes';
import {
  EDGE_LISTS,
  forgetFormerAdmins,
  markUnread,
  noteAdmins,
  ownersInDoubt,
  ownersToRead,
  writeOwners,
  type EdgeList,
  type ListedEdge,
  type OwnerRead,
} from '../../graph/write/access/owners';
import { writeClaimed } from '../../graph/write/access/attempt';
import { readAppUser, readRole } from '../../okta/access';
import { OktaError } from '../../okta/errors';
import type { RawItem } from '../../okta/items';
import { valueOf } from './accessNodes';
import { readPages, type WholeList } from './pages';
import type { AccessWork } from './syncAccess';

/** Lists that Okta serves for one app, group or person: who is assigned, and which roles there are. */
export class OwnerLists {
  private done = 0;
  private total = 0;

  constructor(private readonly work: AccessWork) {}

  get progress(): { done: number; total: number } {
    return { done: this.done, total: this.total };
  }

  /** Reads the list of all who have an admin role. */
  async noteAdmins(): Promise<void> {
    const { writer } = this.work;
    const { items } = await readPages(this.work, (cursor, attempt) => this.org.admins(cursor, attempt));
    await noteAdmins(
      writer,
      items.flatMap(({ id }) => id ?? []),
    );
  }

  /** Reads the lists that the run has to read. @returns false if the chunk's time was up before. */
  async drain(list: EdgeList): Promise<boolean> {
    const { writer, attempt, ports } = this.work;
    const ids = await ownersToRead(writer.db, writer.run, list, shareToVerify(ports.sync));
    this.total += ids.length;
    for (let from = 0; from < ids.length; from += TOGETHER) {
      if (attempt.isOver()) return false;
      await this.readAll(list, ids.slice(from, from + TOGETHER));
    }
    if (list === 'userRoles')
      await writeClaimed(writer, async (tx) => {
        await forgetFormerAdmins(tx, writer.run);
        return { counts: {}, warnings: [] };
      });
    return true;
  }

  /** Reads again the lists that have lacked something. */
  async readAgain(list: EdgeList): Promise<void> {
    const { writer } = this.work;
    const ids = await ownersInDoubt(writer.db, writer.run, list);
    for (let from = 0; from < ids.length; from += TOGETHER)
      await this.readAll(list, ids.slice(from, from + TOGETHER));
  }

  private get org() {
    return this.work.ports.okta.org(this.work.writer.run.domain);
  }

  private async readAll(list: EdgeList, ids: readonly string[]): Promise<void> {
    const { writer, gapMs, attempt } = this.work;
    const reads: OwnerRead[] = [];
    const gone: string[] = [];
    const failed: string[] = [];
    await Promise.all(
      ids.map(async (id) => {
        try {
          reads.push(await this.read(list, id));
        } catch (error) {
          attempt.signal.throwIfAborted();
          if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
          // A 403 of all says that the kind cannot be read; whoever is gone is left to those who look for the deleted.
          if (error.code === 'OKTA_FORBIDDEN') throw error;
          (error.code === 'OKTA_NOT_FOUND' ? gone : failed).push(id);
        }
      }),
    );
    attempt.signal.throwIfAborted();
    await writeOwners(writer, list, reads, gapMs);
    if (gone.length + failed.length > 0) await markUnread(writer, list, [...gone, ...failed], failed.length);
    this.done += ids.length;
    attempt.beat();
  }

  private async read(list: EdgeList, id: string): Promise<OwnerRead> {
    const { items, asOfMs } = await this.items(list, id);
    const { owner } = EDGE_LISTS[list];
    const edges = items.flatMap((item): ListedEdge[] => {
      const value = valueOf(item);
      if (list === 'groupApps') return item.id === undefined ? [] : [{ id: item.id }];
      if (list === 'appUsers') {
        const user = readAppUser(value);
        return typeof user === 'string' ? [{ id: user }] : [];
      }
      const role = readRole(value, owner === 'User' ? 'User' : 'Group');
      if ('malformed' in role || !role.isDirect) return [];
      const { type = null, label = null, status = null, resourceSet = null, assignmentId } = role;
      return [{ id: role.id, role: { type, label, status, resourceSet, assignmentId } }];
    });
    return { id, edges, asOfMs };
  }

  private async items(list: EdgeList, id: string): Promise<WholeList> {
    const { org } = this;
    const { attempt } = this.work;
    switch (list) {
      case 'groupApps':
        return readPages(this.work, (cursor) => org.groupApps(id, cursor, attempt));
      case 'appUsers':
        return readPages(this.work, (cursor) => org.appUsers(id, cursor, attempt));
      default: {
        const label = EDGE_LISTS[list].owner;
        const { items, dateMs }: { items: readonly RawItem[]; dateMs: number } = await org.rolesOf(
          { label, id },
          attempt,
        );
        return { items, asOfMs: dateMs };
      }
    }
  }
}

/** Number of lists that are read before they are written. */
const TOGETHER = 40;

/** Share of the lists that a run reads only to verify them, so that none is older than `SYNC_FULL_EVERY`. */
function shareToVerify({
  verify,
  intervalMs,
  fullEveryMs,
}: {
  verify: 'spread' | 'daily';
  intervalMs: number;
  fullEveryMs: number;
}): number {
  if (verify !== 'spread' || fullEveryMs === 0) return 0;
  return Math.min(1, intervalMs / fullEveryMs);
}
