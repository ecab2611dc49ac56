import type { Transaction } from '../database';
import type { Run } from './run';

/** A change of one of these moves reporting lines. */
export const MANAGER_PROPERTIES: readonly string[] = [
  'login',
  'email',
  'employee_number',
  'manager',
  'manager_id',
];

/** Cypher: notes, with what was written before it, that reporting lines have to be drawn anew. */
export const NOTE_STALE_LINES = `
  MATCH (o:OktaOrg {domain: $domain}) SET o.managers_version = coalesce(o.managers_version, 0) + 1`;

export async function noteStaleLines(tx: Transaction, { domain }: Run): Promise<void> {
  await tx.run(NOTE_STALE_LINES, { domain });
}
