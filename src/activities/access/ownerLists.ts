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
import { askedNow } from '../../graph/write/access/attempt';
import { readApp, readAppUser, readRole } from '../../okta/access';
import { OktaError } from '../../okta/errors';
import type { RawItem } from '../../okta/items';
import { noteMalformed, valueOf } from './accessNodes';
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
    const { writer, attempt } = this.work;
    const { items } = await readPages(
      attempt,
      (cursor) => this.org.admins(cursor, attempt),
      ({ id }) => id,
    );
    await noteAdmins(
      writer,
      items.filter((id) => id !== undefined),
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

  /** Reads again the lists that have lacked something, or that Okta did not find. */
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
    const notFound: string[] = [];
    const failed: string[] = [];
    const forbidden: OktaError[] = [];
    const asked = await askedNow(writer.db, gapMs);
    await Promise.all(
      ids.map(async (id) => {
        try {
          reads.push(await this.read(list, id));
        } catch (error) {
          attempt.signal.throwIfAborted();
          if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
          if (error.code === 'OKTA_FORBIDDEN') forbidden.push(error);
          (error.code === 'OKTA_NOT_FOUND' ? notFound : failed).push(id);
        }
      }),
    );
    attempt.signal.throwIfAborted();
    // Several, and nothing but 403: the kind cannot be read. A single list can be out of the credentials' scope.
    const [refusal] = forbidden;
    if (refusal && forbidden.length === ids.length && ids.length > 1 && !this.readable.has(list))
      throw refusal;
    if (reads.length > 0) this.readable.add(list);
    await writeOwners(writer, list, reads, asked);
    const malformed = reads.reduce((sum, each) => sum + each.malformed, 0);
    await noteMalformed(writer, 'assignments or roles', malformed);
    if (notFound.length + failed.length > 0) await markUnread(writer, list, { failed, notFound });
    this.done += ids.length;
    attempt.beat();
  }

  private async read(list: EdgeList, id: string): Promise<OwnerRead> {
    const { items, asOfMs } = await this.items(list, id);
    const edges = items.filter((edge) => typeof edge === 'object');
    const malformed = items.filter((edge) => edge === 'malformed').length;
    return { id, edges, asOfMs, malformed };
  }

  private async items(list: EdgeList, id: string): Promise<WholeList<Item>> {
    const { org } = this;
    const { attempt } = this.work;
    const pick = (item: RawItem) => edgeOf(list, item);
    switch (list) {
      case 'groupApps':
        return readPages(attempt, (cursor) => org.groupApps(id, cursor, attempt), pick);
      case 'appUsers':
        return readPages(attempt, (cursor) => org.appUsers(id, cursor, attempt), pick);
      default: {
        const { items, dateMs } = await org.rolesOf({ label: EDGE_LISTS[list].owner, id }, attempt);
        return { items: items.map(pick), asOfMs: dateMs };
      }
    }
  }
}

/** An item of a list; undefined for what comes through a group. */
type Item = ListedEdge | 'malformed' | undefined;

function edgeOf(list: EdgeList, item: RawItem): Item {
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
