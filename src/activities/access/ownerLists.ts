import { CODES } from '../../codes';
import {
  EDGE_LISTS,
  MAX_EDGES,
  markUnread,
  noteAdmins,
  ownersInDoubt,
  ownersToRead,
  wasEverRead,
  writeOwners,
  type EdgeList,
  type ListedEdge,
  type OwnerRead,
} from '../../graph/write/access/owners';
import { askedNow, type Asked } from '../../graph/write/access/attempt';
import { readApp, readAppUser, readRole } from '../../okta/access';
import { OktaError } from '../../okta/errors';
import type { RawItem } from '../../okta/items';
import { allSettled } from '../allSettled';
import { noteMalformed, valueOf } from './accessNodes';
import { readPages, type WholeList } from './pages';
import type { AccessWork } from './work';

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
    const { writer, attempt } = this.work;
    const { items, asOfMs } = await readPages(
      attempt,
      (cursor) => this.org.admins(cursor, attempt),
      ({ id }) => id,
    );
    const ids = items.filter((id) => id !== undefined);
    await noteAdmins(writer, ids, ids.length === items.length ? asOfMs : undefined);
  }

  /** Reads the lists that the run has to read. @returns false if the chunk's time was up before. */
  async drain(list: EdgeList): Promise<boolean> {
    const { writer, attempt } = this.work;
    const ids = await ownersToRead(writer, list);
    this.total += ids.length;
    return this.readAll(list, ids, () => attempt.isOver());
  }

  /** Reads again the lists that have lacked something, or that Okta did not find. */
  async readAgain(list: EdgeList): Promise<void> {
    const { writer } = this.work;
    await this.readAll(list, await ownersInDoubt(writer.db, writer.run, list), () => false);
  }

  private get org() {
    return this.work.ports.okta.org(this.work.writer.run.domain);
  }

  /** Reads lists, and writes some while others are read. @returns false if it was over before all were read. */
  private async readAll(list: EdgeList, ids: readonly string[], isOver: () => boolean): Promise<boolean> {
    const { writer, gapMs } = this.work;
    if (ids.length === 0) return true;
    const queue = [...ids];
    // Each list is asked for later than this, so none counts for the second time too early.
    const asked = await askedNow(writer.db, gapMs);
    let batch = new Batch();
    const write = async () => {
      const full = batch;
      batch = new Batch();
      await this.write(list, full, asked);
    };
    const readSome = async () => {
      // Each chunk reads something, however short it is.
      for (let isFirst = true; isFirst || !isOver(); isFirst = false) {
        const id = queue.shift();
        if (id === undefined) return;
        const result = await this.resultOf(list, id);
        batch.add(id, result);
        if (batch.isFull) await write();
      }
    };
    await allSettled(
      Array.from({ length: this.org.parallelism }, () => readSome()),
      () => (queue.length = 0),
    );
    if (!batch.isEmpty) await write();
    return queue.length === 0;
  }

  /** Reads a list; returns the error if it concerns this list alone. */
  private async resultOf(list: EdgeList, id: string): Promise<OwnerRead | OktaError> {
    const { attempt } = this.work;
    try {
      return await this.read(list, id);
    } catch (error) {
      attempt.signal.throwIfAborted();
      if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
      return error;
    }
  }

  private async write(list: EdgeList, { reads, errors }: Batch, asked: Asked): Promise<void> {
    const { writer, attempt } = this.work;
    attempt.signal.throwIfAborted();
    const forbidden = [...errors.values()].filter(({ code }) => code === 'OKTA_FORBIDDEN');
    // Several, and nothing but 403: the kind cannot be read. A single list can be out of the credentials' scope.
    const [refusal] = forbidden;
    if (
      refusal &&
      reads.length === 0 &&
      forbidden.length === errors.size &&
      errors.size > 1 &&
      !(await wasEverRead(writer.db, writer.run, list))
    )
      throw refusal;
    if (reads.length > 0) await writeOwners(writer, list, reads, asked);
    const malformed = reads.reduce((sum, each) => sum + each.malformed, 0);
    await noteMalformed(writer, 'assignments or roles', malformed);
    if (errors.size > 0) {
      const failed = [...errors].filter(([, { code }]) => code !== 'OKTA_NOT_FOUND').map(([id]) => id);
      const notFound = [...errors.keys()].filter((id) => !failed.includes(id));
      await markUnread(writer, list, { failed, notFound });
    }
    this.done += reads.length + errors.size;
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

/** Lists that were read, or could not be, and that are written together. */
class Batch {
  readonly reads: OwnerRead[] = [];
  readonly errors = new Map<string, OktaError>();
  private edges = 0;

  add(id: string, result: OwnerRead | OktaError): void {
    if (result instanceof OktaError) this.errors.set(id, result);
    else {
      this.reads.push(result);
      this.edges += result.edges.length;
    }
  }

  private get size(): number {
    return this.reads.length + this.errors.size;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get isFull(): boolean {
    return this.size >= MAX_LISTS || this.edges >= MAX_EDGES;
  }
}

const MAX_LISTS = 40;
