import { awkwardPeople, SMALLEST_ORG_WITH_AWKWARD_PEOPLE } from './awkward';
import { BodyCache } from './bodyCache';
import { type GroupRecord, type OktaGroup, seedGroup, toOktaGroup } from './groups';
import { oktaId } from './ids';
import { Lagged } from './lagged';
import { toOktaUser } from './oktaUser';
import { profileOf, seedProfile } from './profile';
import { type OrgSize, seedMembers } from './seedMembers';
import type { Settings } from './settings';
import { seedUser, type UserRecord } from './userRecord';

const CACHE_MAX_BYTES = 128 * 1024 * 1024;
const HUGE_PROFILE_CHARACTERS = 1024 * 1024;
const FIRST_AWKWARD_INDEX = 1;
/** An ordinary person of every org that has awkward ones. */
const COLLEAGUE_INDEX = SMALLEST_ORG_WITH_AWKWARD_PEOPLE - 1;
const DAY_MS = 86_400_000;

export interface OrgOptions extends OrgSize {
  readonly seed: number;
  /** Default one that the seed gives. */
  readonly organizationId?: string;
  /** `http://host:port`, for `_links`. */
  readonly origin: string;
  /** Whether the first few people are awkward; see `awkward.ts`. */
  readonly awkward: boolean;
  /** So many users at the end of the seed have a profile of 1 MB. */
  readonly hugeProfiles: number;
  /** This machine's clock or a simulated one, epoch milliseconds. */
  readonly now: () => number;
  /** Epoch milliseconds that the stamps of the seed are counted back from. */
  readonly epochMs: number;
}

/**
 * Who and what an org holds, and who sees it when. Indexes are given in order of creation and never again,
 * which is what lists and cursors rest on.
 */
export class OrgState {
  readonly id: string;
  /** Holes are deleted users. */
  readonly users: (UserRecord | undefined)[] = [];
  /** Holes are deleted groups. */
  readonly groups: (GroupRecord | undefined)[] = [];
  private readonly userIndexes = new Map<string, number>();
  private readonly groupIndexes = new Map<string, number>();
  /** What `search` still sees of users that changed a moment ago. */
  private readonly searchViews = new Map<number, Lagged<UserRecord | undefined>>();
  private userIndexesByLogin: Map<string, number> | undefined;
  private readonly bodies = new BodyCache(CACHE_MAX_BYTES);

  /** @throws RangeError when the memberships do not fit into the groups. */
  constructor(
    readonly options: OrgOptions,
    protected readonly settings: Settings,
  ) {
    const { seed, users } = options;
    // Midnight, so that one seed gives one org the whole day long.
    const epochMs = Math.floor(options.epochMs / DAY_MS) * DAY_MS;
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

  /** Okta's time, epoch milliseconds: of stamps, of `Date`, of `X-Rate-Limit-Reset`. */
  nowMs(): number {
    return this.options.now() + this.settings.clockSkewMs;
  }

  get everyone(): GroupRecord {
    return this.groups[0] as GroupRecord;
  }

  /** By id, or by login as `GET /users/{id}` takes it. */
  findUser(idOrLogin: string): UserRecord | undefined {
    const index = this.userIndexes.get(idOrLogin) ?? this.indexOfLogin(idOrLogin);
    return index === undefined ? undefined : this.users[index];
  }

  findGroup(id: string): GroupRecord | undefined {
    const index = this.groupIndexes.get(id);
    return index === undefined ? undefined : this.groups[index];
  }

  /** The user as `search` sees it, which lags by `searchLagMs`. */
  searchView(index: number): UserRecord | undefined {
    const view = this.searchViews.get(index);
    if (!view) return this.users[index];
    const seen = view.get(this.nowMs());
    if (view.isSettled) this.searchViews.delete(index);
    return seen;
  }

  /** The user's JSON, led by a comma so that a page is a plain concatenation. */
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
    // Made when it is first asked for: most clients never look a login up.
    this.userIndexesByLogin ??= new Map(
      this.users.flatMap((user) =>
        user ? [[String(profileOf(user, this.options.seed).login).toLowerCase(), user.index]] : [],
      ),
    );
    return this.userIndexesByLogin.get(login.toLowerCase());
  }

  private makePeopleAwkward(): void {
    const { awkward, hugeProfiles, seed, users } = this.options;
    if (awkward && users >= SMALLEST_ORG_WITH_AWKWARD_PEOPLE) {
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
