import assert from 'node:assert/strict';
import { ensureExploreIndexes, exploreRules } from '../../../src/graph/schema/exploreIndexes';
import { create } from '../../../src/graph/schema/indexes';
import { CodedError } from '../../../src/faults/fault';
import { ensureSchema, RULES } from '../../../src/graph/schema/schema';
import { TOKEN_KEY } from '../../../src/graph/schema/tokenKey';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

const KEYS = [
  'okta_formergroup_key',
  'okta_formeruser_key',
  'okta_group_key',
  'okta_oktagraphschema_key',
  'okta_oktaorg_key',
  'okta_orgmeasure_key',
  'okta_syncrun_key',
  'okta_user_key',
];
const INDEXES = [
  'okta_former_group_name',
  'okta_former_group_removed_at',
  'okta_former_user_email',
  'okta_former_user_removed_at',
  'okta_group_change_at',
  'okta_group_change_run',
  'okta_group_name',
  'okta_org_measure_at',
  'okta_user_change_at',
  'okta_user_change_run',
  'okta_user_email',
  'okta_was_member_of_closed_by',
  'okta_was_member_of_opened_by',
  'okta_was_member_of_valid_to',
];

describe('the schema', () => {
  const graph = useGraph();

  /** Without that of API tokens, which the console adds to the same database. */
  const constraints = async () => {
    const keys = await names("SHOW CONSTRAINTS YIELD name, type WHERE type = 'UNIQUENESS'");
    return keys.filter((name) => name !== TOKEN_KEY.name);
  };
  const indexes = () => names("SHOW INDEXES YIELD name, state WHERE state = 'ONLINE'");
  async function names(show: string): Promise<string[]> {
    const rows = await graph.db.read<{ name: string }>(`${show} AND name STARTS WITH 'okta_' RETURN name`);
    return rows.map(({ name }) => name).sort();
  }

  /** Makes a rule of another tool, and removes it after the test. */
  async function withForeign(statement: string, drop: string, test: () => Promise<void>): Promise<void> {
    await graph.db.run(statement);
    try {
      await test();
    } finally {
      await graph.db.run(drop);
    }
  }

  const assertNamed = (...words: string[]) =>
    assert.rejects(
      ensureSchema(graph.db),
      (error) =>
        error instanceof CodedError &&
        error.code === 'GRAPH_SCHEMA' &&
        words.every((word) => error.message.includes(word)) &&
        /Set NEO4J_DATABASE or NEO4J_URI to a dedicated database/.test(error.message),
    );

  it('has its keys and indexes, all online, however often it is made', async () => {
    for (let time = 0; time < 2; time += 1) {
      await ensureSchema(graph.db);
      assert.deepEqual(await constraints(), KEYS);
      const online = await indexes();
      // The console adds its own to the same database.
      assert.deepEqual(
        [...KEYS, ...INDEXES].filter((name) => !online.includes(name)),
        [],
      );
    }
  });

  it('can be made by several workers and consoles at once, where there is nothing', async () => {
    const own = [...RULES, ...(await exploreRules(graph.db))].filter(
      ({ cypher }) => !cypher.includes('CONSTRAINT'),
    );
    for (let time = 0; time < 3; time += 1) {
      for (const { name } of own) await graph.db.run(`DROP INDEX ${name} IF EXISTS`);
      for (const name of KEYS) await graph.db.run(`DROP CONSTRAINT ${name} IF EXISTS`);
      await graph.db.run('CREATE INDEX okta_user_search FOR (n:Device) ON (n.former)');
      await Promise.all(
        Array.from({ length: 4 }, () => [ensureSchema(graph.db), ensureExploreIndexes(graph.db)]).flat(),
      );
    }
    assert.deepEqual(await constraints(), KEYS);
    await graph.db.run('CALL db.awaitIndexes(20)');
    const online = await indexes();
    assert.deepEqual(
      own.map(({ name }) => name).filter((name) => !online.includes(name)),
      [],
    );
  });

  it('is not made where an index of its name has another definition, which is reported', async () => {
    const rule = (on: string) => ({ name: 'other_index', cypher: `CREATE INDEX other_index FOR ${on}` });
    await create(graph.db, rule('(n:Device) ON (n.name)'));
    try {
      await create(graph.db, rule('(n:Device) ON (n.name)'));
      await assert.rejects(create(graph.db, rule('(n:Device) ON (n.kind)')), {
        code: 'Neo.ClientError.Schema.IndexWithNameAlreadyExists',
      });
    } finally {
      await graph.db.run('DROP INDEX other_index');
    }
  });

  it('keeps one node to a domain and an id', async () => {
    const create = () => graph.set('CREATE (:Group {okta_domain: $domain, id: "00g1"})');
    await create();
    await assert.rejects(create(), { code: 'Neo.ClientError.Schema.ConstraintValidationFailed' });
  });

  it('names a constraint of another tool that would refuse our nodes', async () => {
    await withForeign(
      'CREATE CONSTRAINT other_user_number FOR (n:User) REQUIRE n.foreign_number IS UNIQUE',
      'DROP CONSTRAINT other_user_number',
      () => assertNamed('constraint (UNIQUENESS) other_user_number on :User(foreign_number)'),
    );
  });

  it('names an index of another tool in place of a key of ours', async () => {
    await graph.db.run('DROP CONSTRAINT okta_group_key');
    await withForeign(
      'CREATE INDEX other_group FOR (n:Group) ON (n.okta_domain, n.id)',
      'DROP INDEX other_group',
      () => assertNamed('index other_group on :Group(okta_domain, id)'),
    );
    await ensureSchema(graph.db);
    assert.deepEqual(await constraints(), KEYS);
  });

  it('names all that is in the way at once', async () => {
    await withForeign(
      'CREATE CONSTRAINT other_a FOR (n:Group) REQUIRE n.foreign_a IS UNIQUE',
      'DROP CONSTRAINT other_a',
      () =>
        withForeign(
          'CREATE CONSTRAINT other_b FOR (n:SyncRun) REQUIRE n.foreign_b IS UNIQUE',
          'DROP CONSTRAINT other_b',
          () => assertNamed('other_a', 'other_b'),
        ),
    );
  });

  it('coexists with what does not affect it: other labels, other indexes', async () => {
    await withForeign(
      'CREATE INDEX other_user_department FOR (n:User) ON (n.department)',
      'DROP INDEX other_user_department',
      () =>
        withForeign(
          'CREATE CONSTRAINT other_device FOR (n:Device) REQUIRE n.id IS UNIQUE',
          'DROP CONSTRAINT other_device',
          () => ensureSchema(graph.db),
        ),
    );
  });

  it('lives with a key of the same kind under another name', async () => {
    await graph.db.run('DROP CONSTRAINT okta_group_key');
    await withForeign(
      'CREATE CONSTRAINT other_group_key FOR (n:Group) REQUIRE (n.okta_domain, n.id) IS UNIQUE',
      'DROP CONSTRAINT other_group_key',
      async () => {
        await ensureSchema(graph.db);
        assert.ok(
          !(await constraints()).includes('okta_group_key'),
          'the constraint was created over a foreign one',
        );
      },
    );
    await ensureSchema(graph.db);
    assert.deepEqual(await constraints(), KEYS);
  });
});
