import assert from 'node:assert/strict';
import { integrationPath, nodePath, questionPath, questionsPath } from '../../src/console/pages/links';
import type { RunningConsole } from '../../src/console/server';
import { QUESTIONS } from '../../src/queries/registry';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { textOf, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';

const HOSTILE = '<b>Payroll</b>, "=1+1"';

describe('The questions of the console', () => {
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;
  let domain: string;
  /** A group with a hostile name, and its members. */
  let group: { id: string; members: string[] };

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 240, groups: 8 });
    const { org } = stack.sim;
    ({ domain } = stack.sim);
    const made = org.addGroup({ name: HOSTILE });
    group = { id: made, members: [...org.truth().users()].slice(0, 3).map(({ id }) => id) };
    for (const member of group.members) org.addMembership(made, member);
    await stack.sync({ mode: 'full' });
    console = await openConsole(stack.config);
  });
  beforeEach(() => void (visitor = new Visitor(console.url)));
  after(async () => {
    await console.close();
    await stack.stop();
  });

  const idsIn = (body: string) =>
    [...new Set([...body.matchAll(/\/users\/(00u\w+)"/g)].map(([, id]) => id))].sort();

  it('are all listed, each with a page that answers at once if it needs nothing', async () => {
    await visitor.open('/questions');
    const list = visitor.page.body;
    for (const { id, question, parameters } of QUESTIONS) {
      assert(list.includes(`href="${questionPath(domain, id)}"`), id);
      const body = await visitor.open(questionPath(domain, id));
      assert.equal(visitor.page.status, 200);
      assert(textOf(body).includes(question), id);
      const needsNothing = Object.values(parameters).every(({ default: usual }) => usual !== undefined);
      assert.equal(/Based on/.test(body), needsNothing, id);
    }
  });

  for (const { id, parameters } of QUESTIONS) {
    const [first] = Object.entries(parameters).filter(([, { default: usual }]) => usual === undefined);
    if (first) continue;
    it(`answer ${id} with the defaults`, async () => {
      const text = textOf(await visitor.open(questionPath(domain, id)));
      assert.equal(visitor.page.status, 200);
      assert.match(text, /Based on run #1/);
    });
  }

  it('show rows with links to people and groups, and the proof', async () => {
    const body = await visitor.open(questionPath(domain, 'group-members', undefined, { group: [HOSTILE] }));
    assert.match(textOf(body), /3 rows/);
    assert.deepEqual(idsIn(body), [...group.members].sort());
    assert(body.includes(`href="${nodePath(domain, 'Group', group.id)}"`));
    assert.doesNotMatch(body, /<b>Payroll/);
  });

  it('are linked from the page of a person or group, with the form filled in', async () => {
    const [member = ''] = group.members;
    const path = questionPath(domain, 'person-groups', undefined, { person: [member] });
    const page = await visitor.open(nodePath(domain, 'User', member));
    assert(page.includes(`href="${path.replaceAll('&', '&amp;')}"`));
    assert((await visitor.open(path)).includes(nodePath(domain, 'Group', group.id)));
    const ofGroup = await visitor.open(nodePath(domain, 'Group', group.id));
    assert(ofGroup.includes(questionPath(domain, 'group-members')));
  });

  it('have all rows in the CSV, and the first ones on the page', async () => {
    const given = { group: ['Everyone'] };
    const body = await visitor.open(questionPath(domain, 'group-members', undefined, { ...given }));
    assert.match(textOf(body), /240 rows, showing 1 to 100 /);
    assert.equal(idsIn(body).length, 100);
    assert(body.length < 100_000, `${body.length} bytes`);
    const csv = await visitor.open(questionPath(domain, 'group-members', 'answer.csv', given));
    const { 'content-type': type, 'content-disposition': disposition } = visitor.page.headers;
    assert.equal(type, 'text/csv; charset=utf-8');
    assert.equal(disposition, `attachment; filename="group-members-${domain}-run-1.csv"`);
    assert.match(csv, /^\uFEFFgroup,group_id,person,/);
    const ids = new Set(csv.match(/00u\w+/g));
    assert.deepEqual(ids, new Set([...stack.sim.org.truth().users()].map(({ id }) => id)));
  });

  it('are sorted, filtered and paged over all rows', async () => {
    const path = questionPath(domain, 'group-members', undefined, { group: ['Everyone'] });
    const emails = async (query: string) =>
      [...(await visitor.open(`${path}&${query}`)).matchAll(/<div class="muted">([^<]+@[^<]+)</g)].map(
        ([, email]) => email,
      );
    const sorted = [...stack.sim.org.truth().users()]
      .map(({ profile }) => String(profile.email).toLowerCase())
      .sort();
    await emails('sort=-status&skip=200');
    assert.equal(idsIn(visitor.page.body).length, 40);
    assert.match(textOf(visitor.page.body), /240 rows, showing 201 to 240/);
    const [one = ''] = sorted;
    assert.deepEqual(await emails(`filter=${encodeURIComponent(one.toUpperCase())}`), [one]);
    assert.match(textOf(visitor.page.body), /1 match in 240 rows/);
    const statuses = (body: string) =>
      [...body.matchAll(/<td><span title="[A-Z_]+">([^<]+)</g)].map(([, status]) => status);
    const up = statuses(await visitor.open(`${path}&sort=status`));
    assert(up.length > 0);
    assert.deepEqual(up, up.toSorted());
    const down = statuses(await visitor.open(`${path}&sort=-status`));
    assert.deepEqual(down, down.toSorted().reverse());
  });

  it('have the same answer as JSON', async () => {
    const json = await visitor.open(
      questionPath(domain, 'group-members', 'answer.json', { group: [group.id] }),
    );
    const { id, rows, proof } = JSON.parse(json) as {
      id: string;
      rows: { user_id: string }[];
      proof: { run: { runNumber: number } };
    };
    assert.deepEqual([id, proof.run.runNumber], ['group-members', 1]);
    assert.deepEqual(rows.map((row) => row.user_id).sort(), [...group.members].sort());
  });

  it('complete names in their fields, with an id where several have a name', async () => {
    const names = async (kind: string, q: string) =>
      JSON.parse(
        await visitor.open(`${integrationPath(domain)}/names?kind=${kind}&q=${encodeURIComponent(q)}`),
      ) as { value: string; label: string }[];
    await stack.db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    assert.deepEqual(
      (await names('group', 'Payroll')).map(({ value }) => value),
      [HOSTILE],
    );
    const twins = [0, 1].map(() => stack.sim.org.addGroup({ name: 'Twins' }));
    await stack.sync({ mode: 'full' });
    await stack.db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    assert.deepEqual((await names('group', 'twin')).map(({ value }) => value).sort(), twins.toSorted());
    assert.deepEqual(await names('group', ' '), []);
    const body = await visitor.open(questionPath(domain, 'group-members', undefined, { group: ['Twins'] }));
    assert.match(textOf(body), /2 groups have this name; the answer is about all of them/);
    for (const id of twins)
      assert(
        body.includes(`href="${questionPath(domain, 'group-members', undefined, { group: [id] })}"`),
        id,
      );
    const unknown = await visitor.open(questionPath(domain, 'group-members', undefined, { group: ['x y'] }));
    assert(unknown.includes('href="/explore?q=x%20y"'), 'a name that nothing has can be searched for');
  });

  it('draw the answer if there is something to draw', async () => {
    const svg = await visitor.open(
      questionPath(domain, 'group-members', 'picture.svg', { group: [group.id] }),
    );
    assert.equal(visitor.page.headers['content-type'], 'image/svg+xml; charset=utf-8');
    assert.equal(svg.match(/class="edge/g)?.length, 3);
    await visitor.open(questionPath(domain, 'users-by-status', 'picture.svg'));
    assert.equal(visitor.page.status, QUESTIONS.find(({ id }) => id === 'users-by-status')?.draw ? 200 : 404);
  });

  const FAULTS = [
    {
      title: 'a name that the graph does not have',
      given: { group: ['Nobody'] },
      status: 404,
      says: /no group of/,
    },
    {
      title: 'a question that does not exist',
      id: 'nothing',
      given: {},
      status: 404,
      says: /There is no question “nothing” of/,
    },
    {
      title: 'an invalid time',
      id: 'inactive-users',
      given: { since: ['yesterday'] },
      status: 400,
      says: /is not a valid time/,
    },
    {
      title: 'a pattern that may take exponential time',
      id: 'sensitive-groups',
      given: { pattern: ['(.*.){20}#'] },
      status: 400,
      says: /pattern must be a simple regular expression/,
    },
  ];
  for (const { title, id = 'group-members', given, status, says } of FAULTS) {
    it(`report ${title}, on the page and instead of the CSV`, async () => {
      const asked = given;
      assert.match(textOf(await visitor.open(questionPath(domain, id, undefined, asked))), says);
      assert.equal(visitor.page.status, status);
      await visitor.open(questionPath(domain, id, 'answer.csv', given));
      assert.equal(visitor.page.status, status);
      assert.equal(visitor.page.headers['content-disposition'], undefined);
    });
  }

  it('are only for configured orgs', async () => {
    await visitor.open(questionPath('evil.example.com', 'group-members', 'answer.csv'));
    assert.equal(visitor.page.status, 404);
    await visitor.open(questionsPath('evil.example.com'));
    assert.equal(visitor.page.status, 404);
  });
});
