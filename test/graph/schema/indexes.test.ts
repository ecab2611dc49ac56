import assert from 'node:assert/strict';
import { failedIndexes } from '../../../src/graph/schema/check';
import { ensureExploreIndexes, completeExploreIndexes } from '../../../src/graph/schema/exploreIndexes';
import { MIGRATIONS } from '../../../src/graph/schema/migrations';
import { groupRow, userRow, writeNodes } from '../../../src/graph/write/nodes';
import { writeForRun } from '../../../src/graph/write/run';
import { ensureSchema } from '../../../src/graph/schema/schema';
import { MAX_TEXT_BYTES } from '../../../src/text/json';
import { readGroup, type OktaGroup } from '../../../src/okta/group';
import { readUser, type OktaUser } from '../../../src/okta/user';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

const TOO_LONG = 9_000;
const LONGEST_DOMAIN = `${'a'.repeat(244)}.okta.com`;
const CONSOLE_INDEX = 'okta_user_display_name';

describe('A text that is too long for an index', () => {
  const graph = useGraph();

  const state = (name: string) =>
    graph.value<string>('SHOW INDEXES YIELD name, state WHERE name = $name RETURN state AS value', { name });
  const awaitIndexes = () => graph.set('CALL db.awaitIndexes(20)').catch(() => undefined);
  const setVersion = (number: number) =>
    graph.set("MATCH (s:OktaGraphSchema {name: 'schema'}) SET s.version = toInteger($number)", { number });
  /** What a version before wrote, which cut nothing; of an org that does not sync now. */
  const writeAsBefore = (label: string) =>
    graph.set(
      `CREATE (:${label} {okta_domain: $domain, id: '00u1', display_name: $long, okta_raw_user_object: $long})`,
      { long: '€'.repeat(TOO_LONG) },
    );
  const dropConsoleIndexes = async () => {
    const names = await graph.db.run<{ name: string }>(
      "SHOW INDEXES YIELD name WHERE name ENDS WITH '_display_name' OR name ENDS WITH '_search' RETURN name",
    );
    for (const { name } of names) await graph.db.run(`DROP INDEX ${name}`);
  };

  beforeEach(dropConsoleIndexes);
  afterEach(async () => {
    await graph.clean();
    await graph.set('MATCH (n) WHERE $long IN [n.okta_domain, n.domain] DETACH DELETE n', {
      long: LONGEST_DOMAIN,
    });
    await setVersion(MIGRATIONS.length);
    await dropConsoleIndexes();
    await graph.set('DROP INDEX other_device IF EXISTS');
  });

  describe('that a version before has written', () => {
    beforeEach(async () => {
      await writeAsBefore('User');
      await ensureExploreIndexes(graph.db);
      await awaitIndexes();
      assert.deepEqual(await failedIndexes(graph.db), [CONSOLE_INDEX]);
    });

    it('stops no run of another org, whatever becomes of the index of the console', async () => {
      await ensureSchema(graph.db);
      await graph.begin({ domain: graph.newDomain() });
      assert.equal(await state(CONSOLE_INDEX), 'FAILED');
    });

    it('is cut before the next run of any org, with the raw object whole, and the index is made again', async () => {
      await setVersion(1);
      await ensureSchema(graph.db);
      await completeExploreIndexes(graph.db);
      await awaitIndexes();
      assert.equal(await state(CONSOLE_INDEX), 'ONLINE');
      const node = await graph.node('User', '00u1');
      assert.equal(node?.['display_name'], '€'.repeat(Math.floor(MAX_TEXT_BYTES / 3)));
      assert.equal(node['okta_raw_user_object'], '€'.repeat(TOO_LONG));
    });

    it('is removed at the next start of the console, which creates the index again', async () => {
      await graph.set("MATCH (u:User {okta_domain: $domain}) SET u.display_name = 'Ada'");
      await ensureExploreIndexes(graph.db);
      await awaitIndexes();
      assert.equal(await state(CONSOLE_INDEX), 'ONLINE');
    });
  });

  it('in an index of a sync does not stop it either, and that index is made again', async () => {
    await graph
      .set("CREATE (:User {okta_domain: $domain, id: '00u1', email: $long})", {
        long: 'a'.repeat(TOO_LONG),
      })
      .then(
        () => assert.fail('the index takes it'),
        () => undefined,
      );
    await graph.set('DROP INDEX okta_user_email');
    await graph.set("CREATE (:User {okta_domain: $domain, id: '00u1', email: $long})", {
      long: 'a'.repeat(TOO_LONG),
    });
    await ensureSchema(graph.db);
    assert.equal(await state('okta_user_email'), 'FAILED');
    await graph.set('MATCH (u:User {okta_domain: $domain}) DELETE u');
    await ensureSchema(graph.db);
    assert.equal(await state('okta_user_email'), 'ONLINE');
  });

  it('in an index of another tool stops no run', async () => {
    await graph.set('CREATE (:Device {okta_domain: $domain, name: $long})', { long: 'a'.repeat(TOO_LONG) });
    await graph.set('CREATE INDEX other_device FOR (n:Device) ON (n.name)');
    await awaitIndexes();
    assert.equal(await state('other_device'), 'FAILED');
    await ensureSchema(graph.db);
    assert.deepEqual(await failedIndexes(graph.db), []);
  });

  it('is written cut, whichever attribute has it, while the indexes are there', async () => {
    await ensureExploreIndexes(graph.db);
    await awaitIndexes();
    const long = '😀'.repeat(TOO_LONG);
    const names = ['displayName', 'login', 'email', 'title', 'department', 'managerId', 'firstName'];
    const user = readUser({ id: '00u1', profile: Object.fromEntries(names.map((name) => [name, long])) });
    const group = readGroup({ id: '00g1', profile: { name: long, description: long } });
    // The longest domain there is: it stands before the name in an index.
    graph.domain = LONGEST_DOMAIN;
    const run = await graph.begin();
    await writeForRun(graph.writer(run), async (tx) => {
      await writeNodes(tx, run, 'User', [userRow(user as OktaUser)]);
      await writeNodes(tx, run, 'Group', [groupRow(group as OktaGroup)]);
      return { counts: {}, warnings: [] };
    });
    const cut = '😀'.repeat(MAX_TEXT_BYTES / 4);
    const writtenUser = await graph.node('User', '00u1');
    assert.deepEqual(
      ['display_name', 'login', 'email', 'title', 'department', 'manager_id', 'first_name'].map(
        (name) => writtenUser?.[name],
      ),
      names.map(() => cut),
    );
    const writtenGroup = await graph.node('Group', '00g1');
    assert.deepEqual([writtenGroup?.['name'], writtenGroup?.['description']], [cut, cut]);
    assert.equal(writtenGroup?.['okta_raw_group_object'], (group as OktaGroup).raw);
    assert.ok((group as OktaGroup).raw.includes(long));
  });
});
