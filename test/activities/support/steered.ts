import type { Ports } from '../../../src/activities/ports';
import type { GraphDatabase } from '../../../src/graph/database';
import type { OktaOrg } from '../../../src/okta/org';

/** Makes a call of an attempt, sooner or later; `what` names it, such as `members 00g1` or `write`. */
export type Steer = <T>(what: string, call: () => Promise<T>) => Promise<T>;

/** Ports whose requests to Okta and whose transactions go through `steer`. */
export function steered({ okta, graph, ...rest }: Ports, parallelism: number, steer: Steer): Ports {
  return {
    ...rest,
    okta: { org: (domain) => steeredOrg(okta.org(domain), parallelism, steer) },
    graph: steeredGraph(graph, steer),
  };
}

function steeredOrg(org: OktaOrg, parallelism: number, steer: Steer): OktaOrg {
  return {
    domain: org.domain,
    parallelism,
    organizationId: (context) => org.organizationId(context),
    users: (...args) => org.users(...args),
    groups: (...args) => org.groups(...args),
    user: (id, context) => steer(`user ${id}`, () => org.user(id, context)),
    group: (id, context) => steer(`group ${id}`, () => org.group(id, context)),
    rules: (...args) => steer('rules', () => org.rules(...args)),
    rule: (id, context) => steer(`rule ${id}`, () => org.rule(id, context)),
    apps: (...args) => steer('apps', () => org.apps(...args)),
    app: (id, context) => steer(`app ${id}`, () => org.app(id, context)),
    appUsers: (id, cursor, context) => steer(`appUsers ${id}`, () => org.appUsers(id, cursor, context)),
    groupApps: (id, cursor, context) => steer(`groupApps ${id}`, () => org.groupApps(id, cursor, context)),
    admins: (...args) => steer('admins', () => org.admins(...args)),
    rolesOf: (owner, context) => steer(`roles ${owner.id}`, () => org.rolesOf(owner, context)),
    log: (...args) => steer('log', () => org.log(...args)),
    groupIdsOf: (...args) => org.groupIdsOf(...args),
    members: (id, cursor, context) => steer(`members ${id}`, () => org.members(id, cursor, context)),
  };
}

function steeredGraph(graph: GraphDatabase, steer: Steer): GraphDatabase {
  const steeredOne = Object.create(graph) as GraphDatabase;
  steeredOne.write = (work) => steer('write', () => graph.write(work));
  steeredOne.read = (...args) => steer('read', () => graph.read(...args));
  return steeredOne;
}
