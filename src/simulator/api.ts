import { AccessApi } from './access/accessApi';
import { type Answer, jsonAnswer } from './answer';
import type { ApiCall } from './apiCall';
import { notFound } from './errors';
import { actionOf } from './faults';
import { type GroupRecord, groupStats } from './groups';
import { listGroups } from './listGroups';
import { listMembers } from './listMembers';
import { itemBody, Lists } from './lists';
import { listUsers } from './listUsers';
import { LogApi } from './log/logApi';
import type { Org } from './org';
import type { Route } from './routes';
import type { Settings } from './settings';
import type { UserRecord } from './userRecord';
import { isHidden } from './visibility';

/** The simulated part of Okta's Management API for an {@link Org}. */
export class Api {
  private readonly lists: Lists;
  private readonly access: AccessApi;
  private readonly log: LogApi;

  constructor(
    private readonly org: Org,
    private readonly settings: Settings,
  ) {
    this.lists = new Lists(org, settings);
    this.access = new AccessApi(org, settings, this.lists);
    this.log = new LogApi(org, settings, this.lists);
  }

  /** @throws OktaError if Okta would respond with an error. */
  answer(call: ApiCall): Answer {
    const { org } = this;
    const { route, url } = call;
    switch (route.kind) {
      case 'users':
        return this.lists.linked(call, {
          name: 'users',
          page: (from, limit) => listUsers(org, url.searchParams, { from, limit }, this.outOfScope),
          body: (user) => org.userBody(user),
          at: ({ index }) => org.users[index],
        });
      case 'groups':
        return this.lists.linked(call, {
          name: 'groups',
          page: (from, limit) => listGroups(org, url.searchParams, from, limit),
          body: (group) => this.groupBody(group, call),
          at: ({ index }) => org.groups[index],
        });
      case 'members': {
        const group = this.groupOf(route);
        const hiddenShare = Math.max(this.outOfScope, actionOf(call.actions, 'hideMembers')?.share ?? 0);
        return this.lists.linked(call, {
          name: `members of ${group.id}`,
          page: (from, limit) => listMembers(org, group, hiddenShare, { from, limit }),
          body: (user) => org.userBody(user),
          at: ({ index }) => org.users[index],
        });
      }
      case 'group':
        return jsonAnswer(this.groupBody(this.groupOf(route), call).subarray(1));
      case 'user':
        return jsonAnswer(org.userBody(this.userOf(route)).subarray(1));
      case 'userGroups': {
        const { index } = this.userOf(route);
        const groups = org.groups.filter((group) => group?.members.has(index));
        return jsonAnswer(groups.flatMap((group) => (group ? [org.groupObject(group)] : [])));
      }
      case 'logs':
        return this.log.answer(call);
      case 'organization':
        return jsonAnswer({ id: org.id, _links: { organization: { href: url.origin } }, pipeline: 'idx' });
    }
    const owners = { user: () => this.userOf(route), group: () => this.groupOf(route) };
    const answer = this.access.answer(call, owners);
    if (!answer) throw notFound(url.pathname, 'Endpoint');
    return answer;
  }

  /** Share of the users that are hidden from the token. */
  private get outOfScope(): number {
    return 1 - this.settings.scope.visibleShare;
  }

  private userOf(route: Route): UserRecord {
    const user = this.org.findUser(route.id);
    if (!user || isHidden(this.org, user, this.outOfScope)) throw notFound(route.id, 'User');
    return user;
  }

  private groupOf(route: Route): GroupRecord {
    const group = this.org.findGroup(route.id);
    if (!group) throw notFound(route.id, 'UserGroup');
    return group;
  }

  private groupBody(group: GroupRecord, { url, actions }: ApiCall): Buffer {
    const object = this.org.groupObject(group);
    if (url.searchParams.get('expand') === 'stats') {
      const { access, options } = this.org;
      const stats = groupStats(group, options.origin, {
        appsCount: access.apps.countOf(group),
        isAdmin: access.roles.direct(group).length > 0,
        isMisspelled: this.settings.access.misspellsHasAdminPrivilege,
      });
      const lagging = actionOf(actions, 'usersCount');
      if (lagging) stats.usersCount = lagging.is;
      if (actionOf(actions, 'noUsersCount')) delete stats.usersCount;
      object._embedded = { stats };
    }
    return itemBody(object);
  }
}
