import type { DataRules } from '../config/dataRules';
import type { GraphDatabase } from '../graph/database';
import type { SyncWarning } from '../contract';
import { absentNodes } from '../graph/read/absentNodes';
import type { GroupMembers } from '../graph/write/memberships';
import { isKnownEmpty, type ClaimedGroup } from '../graph/write/workList';
import { isTouchedRun, type Run } from '../graph/write/run';
import { OktaError } from '../okta/errors';
import type { RawItem } from '../okta/items';
import { isOktaId } from '../text/json';
import type { OktaOrg, Page } from '../okta/org';
import type { Malformed } from '../okta/profile';
import type { OktaUser } from '../okta/user';
import type { Attempt } from './context';
import { knownUsers } from './knownUsers';
import { malformedWarning, readItem } from './readItem';
import { endlessList, MAX_IDLE_PAGES, Trail } from './trail';

/** Reads all members of one group. */
export class GroupReader {
  constructor(
    private readonly org: OktaOrg,
    private readonly graph: GraphDatabase,
    private readonly run: Run,
    private readonly attempt: Attempt<unknown>,
    private readonly rules: DataRules,
  ) {}

  /**
   * Returns the group's members.
   *
   * @throws OktaError if any page fails: an incomplete list is of no use.
   */
  async read(group: ClaimedGroup): Promise<GroupMembers> {
    // Okta's count can lag behind an event about its first member.
    if (isKnownEmpty(group) && !isTouchedRun(this.run)) {
      return { group, ids: new Set(), newUsers: [], warnings: [], asOfMs: group.listedAtMs };
    }
    try {
      return await this.pages(group);
    } catch (error) {
      this.attempt.signal.throwIfAborted();
      if (!(error instanceof OktaError) || error.code !== 'OKTA_CURSOR_EXPIRED') throw error;
      return this.pages(group);
    }
  }

  private async pages(group: ClaimedGroup): Promise<GroupMembers> {
    const members: Members = { ids: new Set(), newUsers: new Map(), warnings: [] };
    const trail = new Trail("Okta's next-page links of members form a loop; the group was left as it is.");
    let asOfMs: number | undefined;
    let cursor: string | undefined;
    let idlePages = 0;
    do {
      const page: Page = await this.org.members(group.id, cursor, this.attempt);
      asOfMs ??= page.dateMs;
      const before = members.ids.size;
      await this.addPage(page, members);
      cursor = page.next;
      trail.follow(cursor);
      idlePages = members.ids.size > before ? 0 : idlePages + 1;
      if (cursor !== undefined && idlePages >= MAX_IDLE_PAGES)
        throw endlessList('The group was left as it is.');
      this.attempt.beat();
    } while (cursor !== undefined);
    return {
      group,
      ids: members.ids,
      newUsers: [...members.newUsers.values()],
      warnings: members.warnings,
      asOfMs,
    };
  }

  /** Adds a page's members. A malformed one that has no node in the graph is left out with a warning. */
  private async addPage(page: Page, { ids, newUsers, warnings }: Members): Promise<void> {
    const known = knownUsers(this.run.domain);
    const unsure = new Map<string, RawItem>();
    for (const item of page.items) {
      const { id } = item;
      if (!isOktaId(id)) warnings.push(malformedWarning('User', { malformed: 'it has no usable id' }));
      else if (known.has(id)) ids.add(id);
      else unsure.set(id, item);
    }
    if (unsure.size === 0) return;
    const absent = new Set(await absentNodes(this.graph, this.run.domain, 'User', [...unsure.keys()]));
    for (const [id, item] of unsure) {
      if (!absent.has(id)) known.add(id);
      const read = absent.has(id) ? (readItem('User', item, this.rules) as OktaUser | Malformed) : undefined;
      if (read && 'malformed' in read) warnings.push(malformedWarning('User', read));
      else {
        ids.add(id);
        if (read) newUsers.set(id, read);
      }
    }
  }
}

/** Members read so far. */
interface Members {
  ids: Set<string>;
  newUsers: Map<string, OktaUser>;
  warnings: SyncWarning[];
}
