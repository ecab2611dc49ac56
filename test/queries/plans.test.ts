import assert from 'node:assert/strict';
import neo4jDriver, { type Driver, type Session } from 'neo4j-driver';
import { ACCESS_KINDS } from '../../src/contract';
import { ensureAccessSchema } from '../../src/graph/schema/accessSchema';
import { ensureSchema } from '../../src/graph/schema/schema';
import { integer } from '../../src/graph/values';
import { cypherParameters } from '../../src/queries/parameters';
import type { Question } from '../../src/queries/question';
import { QUESTIONS } from '../../src/queries/registry';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { explain } from '../../dev/lab/graph/plan';

/** Operators that scan all nodes or relationships of every org. */
const SCANS =
  /^(AllNodesScan|(Partitioned)?NodeByLabelScan|(Un)?[Dd]irected(All|RelationshipType)\w*Scan|UnionNodeByLabelsScan)$/;
/** A seek through one org, by the first part of a key. */
const ORG_WIDE = /IS NOT NULL/;

const KEYS = { person: 'ada@acme.com', group: 'Engineering', app: 'Payroll' } as Record<string, string>;

/** Returns the parameters of a question, with a value for each that has no default. */
function someParameters(question: Question): Record<string, unknown> {
  const given = Object.entries(question.parameters).flatMap(([name, { type, default: byDefault }]) =>
    byDefault === undefined ? [[name, [KEYS[type] ?? '']] as const] : [],
  );
  return {
    domain: 'acme.okta.com',
    most: integer(300),
    ...cypherParameters(question, Object.fromEntries(given), new Date()),
  };
}

describe('The plan of each question', () => {
  let driver: Driver;
  let session: Session;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const { uri, username, password } = await neo4j();
    const db = await openGraph();
    await ensureSchema(db);
    await ensureAccessSchema(db, ACCESS_KINDS);
    await db.close();
    driver = neo4jDriver.driver(uri, neo4jDriver.auth.basic(username, password));
    session = driver.session();
  });
  after(async () => {
    await session.close();
    await driver.close();
  });

  it('shows a scan if there is one', async () => {
    const parameters = { domain: 'acme.okta.com' };
    for (const scan of [
      'MATCH (u:User {okta_domain: $domain}) RETURN u',
      'MATCH (n {okta_domain: $domain}) RETURN n',
      'MATCH ()-[m:MEMBER_OF]->(g {okta_domain: $domain}) RETURN m',
    ]) {
      const operators = (await explain(session, scan, parameters)).map(({ operator }) => operator);
      assert.ok(
        operators.some((operator) => SCANS.test(operator)),
        operators.join(', '),
      );
    }
  });

  for (const question of QUESTIONS) {
    const { id, scope, cypher, draw, columns } = question;
    it(`${id}: starts at ${scope === 'lookup' ? 'the given name or id' : 'the org'}`, async () => {
      for (const statement of [cypher, ...(draw === undefined ? [] : [draw])]) {
        const steps = await explain(session, statement, someParameters(question));
        const plan = steps.map(({ operator, details }) => `${operator}: ${details}`).join('\n');
        assert.ok(!steps.some(({ operator }) => SCANS.test(operator)), plan);
        const leaves = steps.filter(({ isLeaf, operator }) => isLeaf && operator !== 'Argument');
        assert.ok(leaves.length > 0, plan);
        if (scope === 'lookup') assert.ok(!leaves.some(({ details }) => ORG_WIDE.test(details)), plan);
      }
    });

    it(`${id}: uses the org and its parameters, and returns its columns`, async () => {
      const parameters = someParameters(question);
      for (const statement of [cypher, ...(draw === undefined ? [] : [draw])]) {
        assert.match(statement, /okta_domain/);
        const used = new Set([...statement.matchAll(/\$(\w+)/g)].map(([, name]) => name ?? ''));
        assert.ok(used.has('domain'));
        for (const name of used) assert.ok(name in parameters, `$${name} is not a parameter`);
        for (const name of Object.keys(question.parameters)) assert.ok(used.has(name), `${name} is not used`);
      }
      const result = session.run(cypher, parameters);
      assert.deepEqual(await result.keys(), columns);
      const { summary } = await result;
      assert.deepEqual(
        summary.notifications
          .filter(({ code }) => !/UnknownPropertyKey|UnknownLabel|UnknownRelationshipType/.test(code))
          .map(({ code, description }) => `${code}: ${description}`),
        [],
      );
      if (draw !== undefined) assert.match(draw, /LIMIT \$most$/);
    });
  }
});
