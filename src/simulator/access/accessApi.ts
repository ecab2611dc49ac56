import { type Answer, jsonAnswer } from '../answer';
import type { ApiCall } from '../apiCall';
import type { Position } from '../cursors';
import { featureOff, forbidden, notFound } from '../errors';
import type { GroupRecord } from '../groups';
import { itemBody, type Lists } from '../lists';
import type { Org } from '../org';
import { itemsAfter, type Page, pageOf, predicateOf } from '../pages';
import type { RouteKind } from '../routes';
import type { Settings } from '../settings';
import type { UserRecord } from '../userRecord';
import { isHidden } from '../visibility';
import { toOktaApp, toOktaAppGroup, toOktaAppUser } from './appJson';
import type { AppRecord, AppUserRecord } from './apps';
import { oktaRolesOf, toOktaAssignee } from './roleJson';
import { type RuleRecord, toOktaRule } from './rules';

const APP_FIELDS = { times: [], texts: ['id', 'status', 'name'] };
const APP_KINDS: readonly RouteKind[] = ['apps', 'app', 'appUsers', 'appGroups', 'groupApps'];
const ROLE_KINDS: readonly RouteKind[] = ['assignees', 'userRoles', 'groupRoles'];
const RULE_KINDS: readonly RouteKind[] = ['rules', 'rule'];

/** The user or group of a route. */
interface Owners {
  user(): UserRecord;
  group(): GroupRecord;
}

/** The part of the simulated API about apps, admin roles and group rules. */
export class AccessApi {
  constructor(
    private readonly org: Org,
    private readonly settings: Settings,
    private readonly lists: Lists,
  ) {}

  /**
   * Returns undefined if the route is not about apps, admin roles or group rules.
   *
   * @throws OktaError if Okta would respond with an error.
   */
  answer(call: ApiCall, owners: Owners): Answer | undefined {
    const { kind, id } = call.route;
    const { options, access } = this.org;
    const { origin } = options;
    const { readsApps, readsRoles, hasRules } = this.settings.access;
    if (!readsApps && APP_KINDS.includes(kind)) throw forbidden();
    if (!readsRoles && ROLE_KINDS.includes(kind)) throw forbidden();
    if (!hasRules && RULE_KINDS.includes(kind)) throw featureOff();
    switch (kind) {
      case 'apps':
        return this.apps(call);
      case 'app':
        return jsonAnswer(toOktaApp(this.appOf(id), origin));
      case 'appUsers':
        return this.appUsers(call, this.appOf(id));
      case 'appGroups':
        return this.appGroups(call, this.appOf(id));
      case 'groupApps':
        return this.groupApps(call, owners.group());
      case 'assignees':
        return this.assignees(call);
      case 'userRoles':
        return jsonAnswer(oktaRolesOf(access.roles, owners.user(), origin));
      case 'groupRoles':
        return jsonAnswer(oktaRolesOf(access.roles, owners.group(), origin));
      case 'rules':
        return this.rules(call);
      case 'rule':
        return jsonAnswer(toOktaRule(this.ruleOf(id), origin));
      default:
        return undefined;
    }
  }

  private apps(call: ApiCall): Answer {
    const { searchParams } = call.url;
    const matches = predicateOf(searchParams, APP_FIELDS);
    const q = searchParams.get('q')?.toLowerCase();
    return this.appList(call, 'apps', ({ id, status, label, definition: { name } }) => {
      if (matches && !matches({ id, status, name })) return false;
      return q === undefined || [label, name].some((text) => text.toLowerCase().startsWith(q));
    });
  }

  private groupApps(call: ApiCall, group: GroupRecord): Answer {
    const { apps } = this.org.access;
    return this.appList(call, `apps of ${group.id}`, (app) => apps.isAssigned(app, group));
  }

  private appList(call: ApiCall, name: string, isListed: (app: AppRecord) => boolean): Answer {
    const { options, access } = this.org;
    const { all } = access.apps;
    return this.lists.linked<AppRecord>(call, {
      name,
      page: (from, limit) =>
        pageOf(
          itemsAfter(from, all.length, (index) => all[index], isListed),
          limit,
        ),
      body: (app) => itemBody(toOktaApp(app, options.origin)),
      at: ({ index }) => all[index],
    });
  }

  private appUsers(call: ApiCall, app: AppRecord): Answer {
    const { options, access } = this.org;
    return this.lists.linked<AppUserRecord>(call, {
      name: `users of ${app.id}`,
      page: (from, limit) =>
        this.visiblePage(access.apps.usersOf(app, startAfter(from)), limit, ({ user }) => user),
      body: (appUser) => itemBody(toOktaAppUser(app, appUser, options)),
      at: ({ index }) => access.apps.userOf(app, index),
    });
  }

  private appGroups(call: ApiCall, app: AppRecord): Answer {
    return this.lists.linked(call, {
      name: `groups of ${app.id}`,
      page: (from, limit) =>
        pageOf(
          app.groups.filter(({ index }) => index >= startAfter(from)),
          limit,
        ),
      body: (assigned) => itemBody(toOktaAppGroup(app, assigned, this.org.options.origin)),
      at: (position) => app.groups.find(({ index }) => index === position.index),
    });
  }

  private assignees(call: ApiCall): Answer {
    const { options, access, users } = this.org;
    return this.lists.inBody<UserRecord>(call, {
      name: 'assignees',
      page: (from, limit) => this.visiblePage(access.roles.admins(startAfter(from)), limit, (user) => user),
      body: (user) => itemBody(toOktaAssignee(user, options.origin)),
      at: ({ index }) => users[index],
    });
  }

  private rules(call: ApiCall): Answer {
    const { options, access } = this.org;
    const { all } = access.rules;
    return this.lists.linked<RuleRecord>(call, {
      name: 'rules',
      page: (from, limit) =>
        pageOf(
          itemsAfter(
            from,
            all.length,
            (index) => all[index],
            () => true,
          ),
          limit,
        ),
      body: (rule) => itemBody(toOktaRule(rule, options.origin)),
      at: ({ index }) => all[index],
    });
  }

  /** Returns a page of the items whose user the token can see. */
  private visiblePage<T extends { readonly index: number }>(
    items: Generator<T>,
    limit: number,
    userOf: (item: T) => UserRecord,
  ): Page<T> {
    const { org } = this;
    const hiddenShare = 1 - this.settings.scope.visibleShare;
    const visible = function* (): Generator<T> {
      for (const item of items) if (!isHidden(org, userOf(item), hiddenShare)) yield item;
    };
    return pageOf(visible(), limit);
  }

  private appOf(id: string): AppRecord {
    const app = this.org.access.apps.find(id);
    if (!app) throw notFound(id, 'AppInstance');
    return app;
  }

  private ruleOf(id: string): RuleRecord {
    const rule = this.org.access.rules.find(id);
    if (!rule) throw notFound(id, 'GroupRule');
    return rule;
  }
}

function startAfter(from: Position | undefined): number {
  return from ? from.index + 1 : 0;
}
