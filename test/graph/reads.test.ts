import assert from 'node:assert/strict';
import { explainNeo4j, ReadTimeoutError } from '../../src/connections/explain';
import type { GraphDatabase } from '../../src/graph/database';
import { configFor } from '../../dev/lab/configFor';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';

/** Takes longer than any test, on any machine. */
const ENDLESS = 'UNWIND range(1, 100000000) AS a UNWIND range(1, 100000000) AS b';

describe('A read of the graph', () => {
  let db: GraphDatabase;
  /** Looks at the server without the short limit of the reads under test. */
  let observer: GraphDatabase;
  let marker: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    db = await openGraph({}, { readTimeoutMs: 500 });
    observer = await openGraph();
  });
  beforeEach(() => void (marker = `r${Math.random().toString(36).slice(2)}`));
  after(async () => {
    await db.close();
    await observer.close();
  });

  /** How many of the test's own queries the server still works on. */
  const running = async (): Promise<number> => {
    const [row] = await observer.read<{ count: number }>(
      `SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS $marker AND NOT currentQuery STARTS WITH 'SHOW'
       RETURN count(*) AS count`,
      { marker },
    );
    return row?.count ?? -1;
  };

  const timedOut = async (work: Promise<unknown>): Promise<void> => {
    const error = await work.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    const explained = explainNeo4j(error, configFor({}).neo4j);
    assert(explained instanceof ReadTimeoutError, String(error));
    assert.match(explained.message, /Narrow the query.*CONSOLE_READ_TIMEOUT.*--timeout/);
    assert.equal(await running(), 0);
  };

  it('is ended by the server at its time limit, with advice', async () =>
    timedOut(db.read(`/* ${marker} */ ${ENDLESS} RETURN count(*) AS count`)));

  it('is ended at its time limit as a stream too, before its first row', async () =>
    timedOut(db.stream(`/* ${marker} */ ${ENDLESS} RETURN count(*) AS count`).next()));

  it('is streamed while it is still running, and ends with its consumer', async () => {
    const rows = db.stream<{ b: number }>(`/* ${marker} */ ${ENDLESS} RETURN b`, {}, 60_000);
    const taken: number[] = [];
    for await (const { b } of rows) {
      if (taken.length === 0) assert.equal(await running(), 1);
      taken.push(b);
      if (taken.length === 2_500) break;
    }
    assert.equal(taken.at(-1), 2_500);
    assert.equal(await running(), 0);
  });
});
