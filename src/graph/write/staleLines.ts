import type { Transaction } from '../database';
import type { Run } from './run';

/** Properties whose changes affect reporting lines. */
export const MANAGER_PROPERTIES: readonly string[] = [
  'login',
  'email',
  'employee_number',
  'manager',
  'manager_id',
];

/** Cypher: records, in the same statement as the change, that reporting lines must be updated. */
export const NOTE_STALE_LINES = `
  MATCH (o:OktaOrg {domain: $domain}) SET o.managers_version = coalesce(o.managers_version, 0) + 1`;

export async function noteStaleLines(tx: Transaction, { domain }: Pick<Run, 'domain'>): Promise<void> {
  await tx.run(NOTE_STALE_LINES, { domain });
}
