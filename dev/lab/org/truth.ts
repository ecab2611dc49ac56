import type { Simulator } from '../../../src/simulator';
import type { OrgTruth } from '../graph/comparison';

/** The current content of a simulated org in this process. */
export function truthOf({ org }: Simulator): OrgTruth {
  const truth = org.truth();
  return { users: truth.users(), groups: truth.groups(), edges: truth.edges() };
}
