import { approveRemovals, ofEachKind } from '../../../src/graph/write/approvals';
import type { GraphDatabase } from '../../../src/graph/database';

const ANY = 1_000_000;

/** Approves every removal of one run; what it returns goes into the run's request. */
export async function approveAll(
  db: GraphDatabase,
  domain: string,
): Promise<{ allowDeletes: true; approvalId: string }> {
  const counts = ofEachKind(ANY);
  return { allowDeletes: true, approvalId: await approveRemovals(db, domain, { by: 'a test', counts }) };
}
