import type { Value } from '../../../src/queries/answer';
import type { ChurnedOrg } from './churnedOrg';

/** A question, what it is asked about, and what its answer must be by the simulated org's own account. */
export interface Expectation {
  id: string;
  /** As after `--param`; a moment as a step of the org's life is written in ISO 8601. */
  given?: (org: ChurnedOrg) => Record<string, string | string[]>;
  /** The columns that are compared; one may be turned into something that the org knows. */
  columns: readonly string[];
  turned?: (org: ChurnedOrg, column: string, value: Value) => Value;
  /** In any order. */
  rows: (org: ChurnedOrg) => readonly (readonly Value[])[];
}

/** The end of a step, as a parameter takes it. */
export function momentOf(org: ChurnedOrg, step: number): string {
  return new Date(org.at(step).atMs).toISOString();
}
