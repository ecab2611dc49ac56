import type { Value } from '../../../src/queries/answer';
import type { ChurnedOrg } from './churnedOrg';

/** A question with parameters, and the answer expected from the state of the simulated org. */
export interface Expectation {
  id: string;
  /** Values of `--param`. Times are ISO 8601. */
  given?: (org: ChurnedOrg) => Record<string, string | string[]>;
  /** The columns to compare. */
  columns: readonly string[];
  /** Converts a value to one that the org knows, such as a time to its step. */
  converted?: (org: ChurnedOrg, column: string, value: Value) => Value;
  /** In any order. */
  rows: (org: ChurnedOrg) => readonly (readonly Value[])[];
}

/** Returns the end of a step as a parameter value. */
export function endOf(org: ChurnedOrg, step: number): string {
  return new Date(org.at(step).atMs).toISOString();
}
