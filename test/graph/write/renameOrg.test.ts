import assert from 'node:assert/strict';
import type { GraphDatabase, Transaction } from '../../../src/graph/database';
import { beginRename } from '../../../src/graph/write/renameOrg';
import { signal } from '../../../dev/lab/signal';
import { until } from '../../../dev/lab/until';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('the new domain of an org', () => {
  const graph = useGraph();

  /** Returns true if a transaction that renames the org waits for the lock of another one. */
  const isBlocked = async (from: string): Promise<boolean> => {
    const waiting = await graph.db.read(
      `SHOW TRANSACTIONS YIELD status, parameters
       WHERE status STARTS WITH 'Blocked' AND parameters.from = $from RETURN status`,
      { from },
    );
    return waiting.length > 0;
  };

  it('is one of two that are asked for at the same time', async () => {
    await graph.begin();
    const organizationId = `00o-${graph.domain}`;
    const to = (domain: string) => ({ from: graph.domain, to: domain, organizationId });
    const [hasRead, mayWrite] = [signal(), signal()];
    const slow = pausingAfterFirst(graph.db, async () => {
      hasRead.give();
      await mayWrite.given;
    });
    const first = beginRename(slow, to(graph.newDomain()));
    await hasRead.given;
    const second = beginRename(graph.db, to(graph.newDomain()));
    let isSettled = false;
    const settle = () => void (isSettled = true);
    second.then(settle, settle);
    await until(async () => isSettled || (await isBlocked(graph.domain)));
    mayWrite.give();
    assert.equal(await first, true);
    await assert.rejects(second, /is being renamed to .*Finish that first/);
  });
});

/** The same database, whose transactions pause after their first statement. */
function pausingAfterFirst(db: GraphDatabase, pause: () => Promise<void>): GraphDatabase {
  const write: GraphDatabase['write'] = (work) =>
    db.write((tx) => {
      let statements = 0;
      const run = async (...args: Parameters<Transaction['run']>) => {
        const rows = await tx.run(...args);
        if ((statements += 1) === 1) await pause();
        return rows;
      };
      return work(Object.assign(Object.create(tx) as Transaction, { run }));
    });
  return Object.assign(Object.create(db) as GraphDatabase, { write });
}
