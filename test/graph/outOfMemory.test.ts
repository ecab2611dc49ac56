import assert from 'node:assert/strict';
import { adviceOn } from '../../src/faults/fault';
import { OutOfTransactionMemoryError } from '../../src/graph/database';
import type { SyncWarning } from '../../src/contract';
import { explainNeo4jError } from '../../src/graph/errors';
import { writeListPages } from '../../src/graph/write/lists';
import type { NodeRow } from '../../src/graph/write/nodes';
import { inPortions } from '../../src/graph/write/portions';
import { removeOrg } from '../../src/graph/write/removeOrg';
import { pruneHistory } from '../../src/graph/write/retention';
import type { Run } from '../../src/graph/write/run';
import { smallNeo4j } from '../../dev/lab/servers/services';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';
import { AS_OF, Members } from './support/members';
import { denyOnce, removeAll, removeDenied } from './support/removal';
import { user } from './support/rows';

/** Neither their removal nor that of their past fits into one transaction. */
const MANY = 5_000;
const LIMIT_MS = 240_000;

describe('A transaction that Neo4j has no memory for', () => {
  const graph = useGraph(smallNeo4j);
  const members = new Members(graph);

  const count = (pattern: string) =>
    graph.value<number>(`MATCH ${pattern} WHERE x.okta_domain = $domain RETURN count(*) AS value`);
  async function addLargeGroup(edge?: string): Promise<void> {
    await members.group('00gLarge', 1);
    await addMembers('00gLarge', MANY, edge);
  }
  async function addMembers(id: string, count: number, edge = ':MEMBER_OF'): Promise<void> {
    for (let from = 0; from < count; from += 100) {
      await graph.set(
        `MATCH (g:Group {okta_domain: $domain, id: $id})
         UNWIND range(${from + 1}, ${from + 100}) AS i
         CREATE (:User {okta_domain: $domain, id: '00u' + i + 'of' + $id, last_seen_run: 1})-[${edge}]->(g)`,
        { id },
      );
    }
  }

  it('is explained as such, and retryable, where halving did not help', () => {
    const explained = explainNeo4jError(new OutOfTransactionMemoryError());
    assert.deepEqual([explained?.code, explained?.retryable], ['GRAPH_OUT_OF_MEMORY', true]);
  });

  it('is halved until it fits, and fails where a single one does not', async () => {
    const sizes: number[] = [];
    const work = (fits: number) => (atMost: number) => {
      sizes.push(atMost);
      return atMost > fits ? Promise.reject(new OutOfTransactionMemoryError()) : Promise.resolve(0);
    };
    await inPortions(100, work(30));
    assert.deepEqual(sizes.splice(0), [100, 50, 25]);
    await assert.rejects(inPortions(4, work(0)), OutOfTransactionMemoryError);
    assert.deepEqual(sizes, [4, 2, 1]);
  });

  for (const keepsHistory of [true, false]) {
    it(`does not keep a large group in the graph that Okta has deleted, ${keepsHistory ? 'history kept' : 'no history kept'}`, async function () {
      this.timeout(LIMIT_MS);
      await addLargeGroup();
      await members.group('00gSmall', 1);
      const run = await graph.begin({ keepsHistory });
      const ids = ['00gLarge', '00gSmall'];
      const steps = await stepsOf((beat) => removeDenied(graph, run, 'Group', ids, { asOfMs: AS_OF, beat }));
      assert(steps.includes('too large'), 'one transaction has no room for all of them');
      const {
        groups_deleted: groups,
        memberships_removed: edges,
        nodes_not_removed: left,
      } = await graph.syncRun(run);
      assert.deepEqual([groups, edges, left], [2, MANY, 0]);
      assert.equal(await count('(x:Group)'), 0);
      assert.equal(await count('(x:FormerGroup)<-[:WAS_MEMBER_OF]-(:User)'), keepsHistory ? MANY : 0);
    });
  }

  it('is not met again by each further group that is as large, and is no time without a heartbeat', async function () {
    this.timeout(LIMIT_MS);
    const steps = await removalOf(4);
    const alone = await removalOf(1);
    const tooLarge = (all: readonly Step[]) => all.filter((step) => step === 'too large').length;
    assert(tooLarge(alone) > 1, 'one group does not fit');
    // All four together fail first, then two of them.
    assert(tooLarge(steps) <= tooLarge(alone) + 2, steps.join(', '));
    assert(
      steps.every((step, index) => (step === 'beat') === (index % 2 === 1)),
      steps.join(', '),
    );
  });

  it('is not met again by the rest of the members that leave a group, each with a heartbeat', async function () {
    this.timeout(LIMIT_MS);
    await addLargeGroup();
    await graph.set("MATCH (g:Group {okta_domain: $domain, id: '00gLarge'}) SET g.last_seen_run = 9");
    const run = await graph.begin();
    const groups = await members.claim(run);
    const steps = await stepsOf((beat) =>
      members.write(run, groups, { '00gLarge': [] }, { proven: ['00gLarge'], beat }),
    );
    assert.equal(await count('(x:Group)<-[:MEMBER_OF]-()'), 0);
    assert(
      steps.every((step, index) => (step === 'beat') === (index % 2 === 1)),
      steps.join(', '),
    );
    assert(steps.includes('too large'));
    assert(steps.includes('done'), steps.join(', '));
    // As many rows may need a little more memory than those before.
    const later = steps.slice(steps.indexOf('done')).filter((step) => step === 'too large');
    assert(later.length <= 1, steps.join(', '));
  });

  it('leaves a group that was written in part on the list of the next run, whatever its mode', async function () {
    this.timeout(LIMIT_MS);
    await addLargeGroup();
    await graph.set(
      `MATCH (g:Group {okta_domain: $domain, id: '00gLarge'})
       SET g.last_seen_run = 9, g.memberships_as_of = datetime('2026-01-01T00:00:00Z')`,
    );
    const run = await graph.begin();
    const groups = await members.claim(run);
    const isStopped = new Error('stop requested');
    const { write } = graph.db;
    let written = 0;
    const beat = () => {
      if (written > 0) throw isStopped;
    };
    graph.db.write = async (work) => {
      const result = await write.call(graph.db, work);
      written += 1;
      return result as never;
    };
    await assert
      .rejects(members.write(run, groups, { '00gLarge': [] }, { proven: ['00gLarge'], beat }), isStopped)
      .finally(() => (graph.db.write = write));
    const left = await count('(x:Group)<-[:MEMBER_OF]-()');
    assert(left > 0 && left < MANY, `${left} members are left`);
    const next = await members.claim(await graph.beginIncremental());
    assert.deepEqual(
      next.map(({ id }) => id),
      ['00gLarge'],
    );
  });

  type Step = 'done' | 'too large' | 'beat';

  /** Removes a number of groups, none of which fits into a transaction. */
  async function removalOf(groups: number): Promise<Step[]> {
    const ids = Array.from({ length: groups }, (_, i) => `00g${groups}of${i}`);
    for (const id of ids) {
      await members.group(id, 1);
      await addMembers(id, 2_000);
    }
    const run = await graph.begin();
    const options = { asOfMs: AS_OF };
    await denyOnce(graph, run, 'Group', ids, options);
    await denyOnce(graph, run, 'Group', ids, options, true);
    const steps = await stepsOf((beat) => removeAll(graph, run, 'Group', { beat }));
    assert.equal(await count('(x:Group)'), 0);
    return steps;
  }

  /** What becomes of each transaction, and each heartbeat. */
  async function stepsOf(work: (beat: () => void) => Promise<unknown>): Promise<Step[]> {
    const steps: Step[] = [];
    const { write } = graph.db;
    graph.db.write = async (inTransaction) => {
      try {
        const result = await write.call(graph.db, inTransaction);
        steps.push('done');
        return result as never;
      } catch (error) {
        if (error instanceof OutOfTransactionMemoryError) steps.push('too large');
        throw error;
      }
    };
    try {
      await work(() => void steps.push('beat'));
    } finally {
      graph.db.write = write;
    }
    return steps;
  }

  describe('halves the rows of a list', () => {
    const large = (id: string, characters: number) =>
      user(id, { profile: { notes: 'x'.repeat(characters) } });
    const writeList = (run: Run, rows: readonly NodeRow[]) =>
      writeListPages(graph.writer(run), 'User', {
        rows,
        warnings: [{ code: 'MALFORMED_USER', message: 'A user was left out.' }],
        asOfMs: AS_OF,
        newestMs: AS_OF,
        isEnd: true,
      });
    const idsInGraph = () =>
      graph.value<string[]>(
        'MATCH (u:User {okta_domain: $domain}) WITH u ORDER BY u.id RETURN collect(u.id) AS value',
      );

    it('until they fit: each is written and counted once, and the list is read to its end', async () => {
      const rows = Array.from({ length: 8 }, (_, i) => large(`00u${i}`, 140_000));
      const run = await graph.begin();
      const steps = await stepsOf(async () => assert.equal(await writeList(run, rows), rows.length));
      assert.deepEqual([steps[0], steps.at(-1)], ['too large', 'done'], steps.join(', '));
      assert.deepEqual(
        await idsInGraph(),
        rows.map(({ id }) => id),
      );
      const counted = await graph.syncRun(run);
      assert.deepEqual([counted['users_seen'], counted['users_created']], [rows.length, rows.length]);
      assert.equal(counted['users_listed'], true);
      const warnings = counted['warnings'] as string[];
      assert.equal(warnings.length, 1, warnings.join());
    });

    it('and leaves out the one that does not fit alone, with a warning that says what to do', async () => {
      const run = await graph.begin();
      const rows = [user('00u1'), large('00uHuge', 3_000_000), user('00u3')];
      assert.equal(await writeList(run, rows), 2);
      assert.deepEqual(await idsInGraph(), ['00u1', '00u3']);
      const counted = await graph.syncRun(run);
      assert.deepEqual([counted['users_seen'], counted['users_listed']], [2, true]);
      const warnings = (counted['warnings'] as string[]).map((each) => JSON.parse(each) as SyncWarning);
      assert.deepEqual(
        warnings.map(({ code, userId }) => [code, userId]).sort(),
        [
          ['MALFORMED_USER', undefined],
          ['ROW_TOO_LARGE', '00uHuge'],
        ],
        JSON.stringify(warnings),
      );
      const tooLarge = warnings.find(({ code }) => code === 'ROW_TOO_LARGE');
      assert.ok(tooLarge);
      assert.match(tooLarge.message, /^A user does not fit /);
      assert.match(adviceOn(tooLarge) ?? '', /^Raise dbms\.memory\.transaction/);
    });

    it('also where the last one, which notes the end of the list, is left out', async () => {
      const run = await graph.begin();
      assert.equal(await writeList(run, [user('00u1'), large('00uHuge', 3_000_000)]), 1);
      const counted = await graph.syncRun(run);
      assert.equal(counted['users_listed'], true, 'the list must still count as read to its end');
      assert.equal((counted['warnings'] as string[]).length, 2);
    });
  });

  it('does not keep history that is too old', async function () {
    this.timeout(LIMIT_MS);
    await addLargeGroup(":WAS_MEMBER_OF {valid_to: datetime('2020-01-01')}");
    const run = await graph.begin();
    await pruneHistory(graph.writer(run), 1000, () => undefined);
    assert.equal(await count('(x:Group)<-[:WAS_MEMBER_OF]-()'), 0);
  });

  it('does not keep an org that is removed, and other orgs stay', async function () {
    this.timeout(LIMIT_MS);
    const theirs = graph.newDomain();
    await graph.set("CREATE (:User {okta_domain: $theirs, id: '00u1'})", { theirs });
    await addLargeGroup();
    await graph.begin();
    await removeOrg(graph.db, graph.domain);
    const left = 'MATCH (n) WHERE n.okta_domain = $domain OR n.domain = $domain RETURN count(n) AS value';
    assert.equal(await graph.value(left), 0);
    const users = 'MATCH (n:User {okta_domain: $theirs}) RETURN count(n) AS value';
    assert.equal(await graph.value(users, { theirs }), 1);
  });
});
