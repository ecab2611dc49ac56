import { Session, Transaction } from 'neo4j-driver';
import { ACCESS_KINDS } from '../../../src/contract';
import { ensureAccessSchema } from '../../../src/graph/schema/accessSchema';
import { ensureSchema } from '../../../src/graph/schema/schema';
import type { FaultRule } from '../../../src/simulator';
import { OrgUnderTest } from '../org/orgUnderTest';

const NOT_FOUND: FaultRule['action'] = { type: 'error', status: 404, errorCode: 'E0000007' };
const FORBIDDEN: FaultRule['action'] = { type: 'error', status: 403, errorCode: 'E0000006' };
const FAILING: FaultRule['action'] = { type: 'error', status: 500 };

/**
 * Every Cypher statement that a sync sends, each once, under the part of a run that sends it first: of a first run, of
 * changes and deletions, with history and without, of failures and of removals that are withheld.
 */
export async function statementsOfSync(): Promise<string> {
  const org = await OrgUnderTest.start({
    users: 40,
    groups: 8,
    awkward: true,
    apps: 10,
    rules: 6,
    roles: 8,
  });
  const book = new Book();
  const run = async (change: Parameters<OrgUnderTest['begin']>[0] = {}) => {
    let begun = {} as Awaited<ReturnType<OrgUnderTest['begin']>>;
    await book.during('beginning of a run', async () => (begun = await org.begin(change)));
    await book.during('users and groups', () => org.lists(begun));
    await book.during('memberships', () => org.members(begun));
    await book.during('sweep', () => org.sweep(begun));
    await book.during('end of a run', () => org.attempt().call('endRun', begun));
  };
  try {
    await book.during('beginning of a run', () => ensureSchema(org.db));
    await run();
    for (const keepsHistory of [true, false]) {
      const seed = keepsHistory ? 1 : 2;
      org.sim.org.churn({ seed, addUsers: 2, renameUsers: 3, deleteUsers: 3, addGroups: 1, renameGroups: 1 });
      org.sim.org.churn({
        seed,
        deleteGroups: 1,
        addMemberships: 10,
        removeMemberships: 10,
        groupsTouched: 2,
      });
      await run({ mode: 'incremental', keepsHistory });
      await run({ keepsHistory });
    }
    await run({ mode: 'auto', spread: { intervalMs: 7_200_000 } });
    await book.during('what the System Log has named', () => touchedRun(org));
    await comeBack(org, run);
    const group = [...org.sim.org.truth().groups()].find(({ usersCount }) => usersCount > 1)?.id ?? '';
    org.sim.faults.set([{ match: { route: 'members', path: group }, action: FAILING }]);
    await run();
    org.sim.faults.clear();
    org.sim.settings.scope.visibleShare = 0.5;
    await run({ allowDeletes: false });
    await run();
    org.sim.settings.scope.visibleShare = 1;
    await book.during('apps, admin roles and group rules', () => accessOf(org));
    return book.text();
  } finally {
    await org.stop();
  }
}

/** Runs that read apps, admin roles and group rules, with history and without, and with failures. */
async function accessOf(org: OrgUnderTest): Promise<void> {
  const run = (change: Parameters<OrgUnderTest['begin']>[0] = {}) =>
    org.wholeRun({ mode: 'full', access: ACCESS_KINDS, allowDeletes: true, ...change });
  await ensureAccessSchema(org.db, ACCESS_KINDS);
  await run();
  for (const keepsHistory of [true, false]) {
    org.sim.org.churn({
      seed: keepsHistory ? 3 : 4,
      addApps: 1,
      renameApps: 1,
      deleteApps: 1,
      assignAppUsers: 3,
      unassignAppUsers: 3,
      assignAppGroups: 2,
      unassignAppGroups: 2,
      addRules: 1,
      deleteRules: 1,
      grantRoles: 2,
      revokeRoles: 2,
    });
    await run({ mode: 'incremental', keepsHistory });
    await run({ keepsHistory });
  }
  await run({ mode: 'auto', spread: { intervalMs: 7_200_000 } });
  for (const route of ['appUsers', 'apps', 'rules'] as const) {
    org.sim.faults.set([{ match: { route }, action: route === 'appUsers' ? NOT_FOUND : FORBIDDEN }]);
    await run({ allowDeletes: false });
  }
  org.sim.faults.clear();
  org.sim.org.churn({ seed: 5, deleteApps: 5, unassignAppUsers: 20 });
  await run({ allowDeletes: false });
}

/** A run of what the log has named: changed, new and deleted users and groups. */
async function touchedRun(org: OrgUnderTest): Promise<void> {
  const truth = org.sim.org.truth();
  const users = [...truth.users()].slice(0, 4).map(({ id }) => String(id));
  const groups = [...truth.groups()].slice(0, 3).map(({ id }) => String(id));
  org.sim.org.renameUser(users[0] ?? '');
  org.sim.faults.set([
    { match: { route: 'user', path: users[1] ?? '' }, action: NOT_FOUND },
    { match: { route: 'group', path: groups[1] ?? '' }, action: NOT_FOUND },
  ]);
  const run = await org.begin({ mode: 'touched', allowDeletes: false });
  await org.attempt().call('syncTouched', run, { users: [...users, org.sim.org.addUser()], groups });
  await org.members(run);
  await org.sweep(run);
  await org.attempt().call('endRun', run);
  org.sim.faults.clear();
}

/** A user and a group are denied until they are removed, and are there again afterwards. */
async function comeBack(org: OrgUnderTest, run: () => Promise<void>): Promise<void> {
  const [user] = org.sim.org.truth().users();
  const [group] = [...org.sim.org.truth().groups()].filter(({ id }) => id !== org.sim.org.everyone.id);
  const listed = [...org.sim.org.truth().users()].slice(1);
  org.sim.faults.set([
    { match: { route: 'users' }, action: { type: 'error', status: 200, body: listed } },
    { match: { route: 'user', path: user?.id ?? '' }, action: NOT_FOUND },
    { match: { route: 'members', path: group?.id ?? '' }, action: NOT_FOUND },
    { match: { route: 'group', path: group?.id ?? '' }, action: NOT_FOUND },
  ]);
  await run();
  org.sim.faults.clear();
  await run();
}

/** The statements that this process sends to any Neo4j until `work` is done. */
export async function statementsDuring(work: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const restore = [Session.prototype, Transaction.prototype].map((prototype) => {
    const { run } = prototype as Session;
    (prototype as Session).run = function (this: Session, query, ...rest) {
      found.add(dedented(String(query)));
      return run.call(this, query, ...rest);
    } as Session['run'];
    return () => void ((prototype as Session).run = run);
  });
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  return found;
}

/** Statements by the part of a run that sends them first. */
class Book {
  readonly #parts = new Map<string, Set<string>>();
  readonly #known = new Set<string>();

  async during(part: string, work: () => Promise<unknown>): Promise<void> {
    const found = this.#parts.get(part) ?? new Set();
    this.#parts.set(part, found);
    for (const each of await statementsDuring(work)) found.add(each);
  }

  text(): string {
    const parts = [...this.#parts].map(([part, statements]) => {
      const fresh = [...statements].filter((each) => !this.#known.has(each)).sort();
      for (const each of fresh) this.#known.add(each);
      return [`// ${part}`, ...fresh.map((each) => `${each};`)].join('\n\n');
    });
    return `${parts.join('\n\n\n')}\n`;
  }
}

/** Without the indentation that the statement has in the source. */
function dedented(query: string): string {
  const lines = query.split('\n').filter((line) => line.trim() !== '');
  const indents = lines.slice(lines[0]?.startsWith(' ') ? 0 : 1).map((line) => line.search(/\S/));
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line) => line.replace(new RegExp(`^ {0,${least}}`), '').trimEnd()).join('\n');
}
