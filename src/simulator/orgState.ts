import type { AccessSize } from './access/accessSize';
import { awkwardPeople, MIN_USERS_FOR_AWKWARD_PEOPLE } from './awkward';
import { BodyCache } from './bodyCache';
import { notFound } from './errors';
import { type GroupRecord, type OktaGroup, seedGroup, toOktaGroup } from './groups';
import { oktaId } from './ids';
import { Lagged } from './lagged';
import { SystemLog } from './log/systemLog';
import { toOktaUser } from './oktaUser';
import { profileOf, seedProfile } from './profile';
import { type OrgSize, seedMembers } from './seedMembers';
import type { Settings } from './settings';
import { seedUser, type UserRecord } from './userRecord';

const CACHE_MAX_BYTES = 128 * 1024 * 1024;
const HUGE_PROFILE_CHARACTERS = 1024 * 1024;
const FIRST_AWKWARD_INDEX = 1;
/** Index of a regular person in every org that has awkward people. */
const COLLEAGUE_INDEX = MIN_USERS_FOR_AWKWARD_PEOPLE - 1;
const DAY_MS = 86_400_000;

export interface OrgOptions extends OrgSize {
  readonly seed: number;
  readonly access: AccessSize;
  /** Default: derived from the seed. */
  readonly organizationId?: string;
  /** `http://host:port`, for `_links`. */
  readonly origin: string;
  /** True if the first few people are awkward; see `awkward.ts`. */
  readonly awkward: boolean;
  /** Number of users, at the end of the seed, with a profile of 1 MB. */
  readonly hugeProfiles: number;
  /** The system clock or a simulated one, in epoch milliseconds. */
  readonly now: () => number;
  /** Epoch milliseconds that the timestamps of the seed are based on. */
  readonly epochMs: number;
}

/**
 * The users, groups and memberships of an org, and when their changes become visible. Indexes are assigned in order of
 * creation and never reused; lists and cursors depend on that.
 */
export class OrgState {
  readonly id: string;
  /** What changed since the org was created, whose content is in no event. */
  readonly log: SystemLog;
  /** Holes are deleted users. */
  readonly users: (UserRecord | undefined)[] = [];
  /** Holes are deleted groups. */
  readonly groups: (GroupRecord | undefined)[] = [];
  /** What the timestamps of the seed are based on. */
  protected readonly epochMs: number;
  private readonly userIndexes = new Map<string, number>();
  private readonly groupIndexes = new Map<string, number>();
  /** Recently changed users as `search` sees them. */
  private readonly searchViews = new Map<number, Lagged<UserRecord | undefined>>();
  private userIndexesByLogin: Map<string, number> | undefined;
  private readonly bodies = new BodyCache(CACHE_MAX_BYTES);

  /** @throws RangeError if the memberships do not fit into the groups. */
  constructor(
    readonly options: OrgOptions,
    protected readonly settings: Settings,
  ) {
    const { seed, users } = options;
    // Midnight, so that a seed gives the same org all day.
    const epochMs = Math.floor(options.epochMs / DAY_MS) * DAY_MS;
    this.epochMs = epochMs;
    this.log = new SystemLog(seed, settings, () => this.nowMs());
    this.id = options.organizationId ?? oktaId('00o', seed, 0);
    for (let index = 0; index < users; index++) {
      const user = seedUser(seed, index, epochMs);
      this.users.push(user);
      this.userIndexes.set(user.id, index);
    }
    this.makePeopleAwkward();
    for (const [index, members] of seedMembers(options, seed).entries()) {
      this.insertGroup(seedGroup(seed, index, epochMs, members));
    }
  }

  /** Okta's clock in epoch milliseconds, for timestamps, `Date` and `X-Rate-Limit-Reset`. */
  nowMs(): number {
    return this.options.now() + this.settings.clockSkewMs;
  }

  get everyone(): GroupRecord {
    return this.groups[0] as GroupRecord;
  }

  /** Finds a user by id or login, like `GET /users/{id}`. */
  findUser(idOrLogin: string): UserRecord | undefined {
    const index = this.userIndexes.get(idOrLogin) ?? this.indexOfLogin(idOrLogin);
    return index === undefined ? undefined : this.users[index];
  }

  findGroup(id: string): GroupRecord | undefined {
    const index = this.groupIndexes.get(id);
    return index === undefined ? undefined : this.groups[index];
  }

  /** @throws OktaError, 404 E0000007, for an unknown id or login. */
  existingUser(idOrLogin: string): UserRecord {
    const user = this.findUser(idOrLogin);
    if (!user) throw notFound(idOrLogin, 'User');
    return user;
  }

  /** @throws OktaError, 404 E0000007, for an unknown id. */
  existingGroup(id: string): GroupRecord {
    const group = this.findGroup(id);
    if (!group) throw notFound(id, 'UserGroup');
    return group;
  }

  /** Returns the user as `search` sees it, with a lag of `searchLagMs`. */
  searchView(index: number): UserRecord | undefined {
    const view = this.searchViews.get(index);
    if (!view) return this.users[index];
    const seen = view.get(this.nowMs());
    if (view.isSettled) this.searchViews.delete(index);
    return seen;
  }

  /** Returns the user's JSON with a leading comma, so that bodies can be concatenated to a page. */
  userBody(user: UserRecord): Buffer {
    const build = (): Buffer => Buffer.from(`,${JSON.stringify(toOktaUser(user, this.options))}`);
    return this.users[user.index] === user ? this.bodies.get(user.index, build) : build();
  }

  groupObject(group: GroupRecord): OktaGroup {
    return toOktaGroup(group, this.options.seed, this.options.origin, this.nowMs());
  }

  protected insertUser(user: UserRecord): void {
    this.userIndexes.set(user.id, user.index);
    this.replaceUser(user.index, user);
  }

  protected removeUser(user: UserRecord): void {
    this.userIndexes.delete(user.id);
    this.replaceUser(user.index, undefined);
  }

  protected replaceUser(index: number, user: UserRecord | undefined): void {
    const lagMs = this.settings.searchLagMs;
    const view = this.searchViews.get(index) ?? (lagMs > 0 ? new Lagged(this.users[index]) : undefined);
    if (view) {
      view.set(user, this.nowMs(), lagMs);
      this.searchViews.set(index, view);
    }
    if (user?.changes !== this.users[index]?.changes || !user) this.userIndexesByLogin = undefined;
    this.users[index] = user;
    this.bodies.drop(index);
  }

  protected insertGroup(group: GroupRecord): void {
    this.groups[group.index] = group;
    this.groupIndexes.set(group.id, group.index);
  }

  protected removeGroup(group: GroupRecord): void {
    this.groupIndexes.delete(group.id);
    this.groups[group.index] = undefined;
  }

  private indexOfLogin(login: string): number | undefined {
    if (!login.includes('@')) return undefined;
    // Built on first use: few clients look up logins.
    this.userIndexesByLogin ??= new Map(
      this.users.flatMap((user) =>
        user ? [[String(profileOf(user, this.options.seed).login).toLowerCase(), user.index]] : [],
      ),
    );
    return this.userIndexesByLogin.get(login.toLowerCase());
  }

  private makePeopleAwkward(): void {
    const { awkward, hugeProfiles, seed, users } = this.options;
    if (awkward && users >= MIN_USERS_FOR_AWKWARD_PEOPLE) {
      for (const [i, person] of awkwardPeople(seedProfile(seed, COLLEAGUE_INDEX)).entries()) {
        this.alterSeed(FIRST_AWKWARD_INDEX + i, person);
      }
    }
    const notes = 'A very long note. '.repeat(HUGE_PROFILE_CHARACTERS / 18);
    for (let index = Math.max(0, users - hugeProfiles); index < users; index++) {
      this.alterSeed(index, { changes: { notes } });
    }
  }

  private alterSeed(index: number, alteration: Partial<UserRecord>): void {
    this.users[index] = { ...(this.users[index] as UserRecord), ...alteration };
  }
}
