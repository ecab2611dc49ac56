import { CODES } from '../../codes';
import {
  EDGE_LISTS,
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
import { readApp, readAppUser, readRole } from '../../okta/access';
import { OktaError } from '../../okta/errors';
import type { RawItem } from '../../okta/items';
import { malformedIn, valueOf } from './accessNodes';
import { readPages, type WholeList } from './pages';
import type { AccessWork } from './work';

/** Lists that Okta serves for one app, group or person: who is assigned, and which roles there are. */
export class OwnerLists {
  private readonly readable = new Set<EdgeList>();
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
    const { writer, attempt } = this.work;
    const ids = await ownersToRead(writer, list);
    this.total += ids.length;
    for (let from = 0; from < ids.length; from += TOGETHER) {
      // Each chunk reads something, however short it is.
      if (from > 0 && attempt.isOver()) return false;
      await this.readAll(list, ids.slice(from, from + TOGETHER));
    }
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
    const forbidden: OktaError[] = [];
    await Promise.all(
      ids.map(async (id) => {
        try {
          reads.push(await this.read(list, id));
        } catch (error) {
          attempt.signal.throwIfAborted();
          if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
          if (error.code === 'OKTA_FORBIDDEN') forbidden.push(error);
          // Whoever is gone is left to those who look for the deleted.
          (error.code === 'OKTA_NOT_FOUND' ? gone : failed).push(id);
        }
      }),
    );
    attempt.signal.throwIfAborted();
    // Several, and nothing but 403: the kind cannot be read. A single list can be out of the credentials' scope.
    const [refusal] = forbidden;
    if (refusal && forbidden.length === ids.length && ids.length > 1 && !this.readable.has(list))
      throw refusal;
    if (reads.length > 0) this.readable.add(list);
    await writeOwners(writer, list, reads, gapMs);
    const malformed = reads.reduce((sum, each) => sum + each.malformed, 0);
    if (malformed > 0) {
      const warnings = [malformedIn('assignments or roles', malformed)];
      await writeClaimed(writer, () => Promise.resolve({ counts: {}, warnings }));
    }
    if (gone.length + failed.length > 0) await markUnread(writer, list, { gone, failed });
    this.done += ids.length;
    attempt.beat();
  }

  private async read(list: EdgeList, id: string): Promise<OwnerRead> {
    const { items, asOfMs } = await this.items(list, id);
    const edges: ListedEdge[] = [];
    let malformed = 0;
    for (const item of items) {
      const edge = edgeOf(list, item);
      if (edge === 'malformed') malformed += 1;
      else if (edge) edges.push(edge);
    }
    return { id, edges, asOfMs, malformed };
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

/** Reads one item of a list. @returns undefined for what comes through a group. */
function edgeOf(list: EdgeList, item: RawItem): ListedEdge | 'malformed' | undefined {
  const value = valueOf(item);
  if (list === 'groupApps') {
    const app = readApp(value);
    return 'malformed' in app ? 'malformed' : { id: app.id };
  }
  if (list === 'appUsers') {
    const user = readAppUser(value);
    return typeof user === 'object' ? 'malformed' : user === undefined ? undefined : { id: user };
  }
  const role = readRole(value, EDGE_LISTS[list].owner);
  if ('malformed' in role) return 'malformed';
  const { type = null, label = null, status = null, resourceSet = null, assignmentId } = role;
  return role.isDirect
    ? { id: role.id, role: { type, label, status, resourceSet, assignmentId } }
    : undefined;
}

/** Number of lists that are read before they are written. */
const TOGETHER = 40;
