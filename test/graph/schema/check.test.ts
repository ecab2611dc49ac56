import assert from 'node:assert/strict';
import { GraphDatabase } from '../../../src/graph/database';
import { isNewEnough, schemaState, serverOf, tryPrivileges } from '../../../src/graph/schema/check';
import { ensureSchema } from '../../../src/graph/schema/schema';
import { Secret } from '../../../src/orgs/secret';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../../dev/lab/servers/services';

describe('The check of a database', () => {
  let db: GraphDatabase;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const { uri, username, password } = await neo4j();
    db = GraphDatabase.open({ uri, username, password: new Secret(password) });
  });
  after(() => db.close());

  const NEW_ENOUGH = ['5.23.0', '5.26.30', '5.27-aura', '2025.01.0', '2026.06.1'];
  for (const version of NEW_ENOUGH) {
    it(`passes version ${version}`, () => assert.ok(isNewEnough(version)));
  }
  for (const version of ['5.22.0', '5.9.0', '4.4.40', '3.5.35', 'unknown']) {
    it(`fails version ${version}`, () => assert.ok(!isNewEnough(version)));
  }

  it('returns version and edition', async () => {
    const { version, edition } = await serverOf(db);
    assert.match(version, /^5\.\d+\.\d+$/);
    assert.equal(edition, 'community');
  });

  it('tries the rights without a trace, with the constraints there and without', async () => {
    await ensureSchema(db);
    const whole = await schemaState(db);
    assert.deepEqual([whole.missing, whole.conflicts], [0, []]);
    await db.run('DROP CONSTRAINT okta_syncrun_key');
    try {
      await tryPrivileges(db);
      const state = await schemaState(db);
      assert.deepEqual([state.present, state.missing], [whole.present - 1, 1]);
    } finally {
      await ensureSchema(db);
    }
    await tryPrivileges(db);
    assert.deepEqual(await schemaState(db), whole);
    assert.deepEqual(await db.run("MATCH (n:OktaOrg {domain: 'a rehearsal'}) RETURN n"), []);
  });

  it('reports that Neo4j refuses to write', async () => {
    await ensureSchema(db);
    await db.run("CREATE (:OktaOrg {domain: 'a rehearsal'})");
    try {
      await assert.rejects(tryPrivileges(db), { code: /ConstraintValidationFailed/ });
    } finally {
      await db.run("MATCH (n:OktaOrg {domain: 'a rehearsal'}) DELETE n");
    }
  });

  it('throws the error of Neo4j for a statement', async () => {
    await assert.rejects(
      db.rehearse((within) => within.run('THIS IS NO CYPHER')),
      { code: 'Neo.ClientError.Statement.SyntaxError' },
    );
  });
});
