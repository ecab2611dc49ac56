import type { Simulator } from '../../../src/simulator';
import * as held from '../../../dev/lab/graph/heldAccess';
import { accessTruthOf } from '../../../dev/lab/org/truth';

export { accessIn, everIn } from '../../../dev/lab/graph/heldAccess';

/** Assignments and roles that a simulated org has now, as lines of text. */
export const accessOf = (sim: Simulator): string[] => held.edgesOf(accessTruthOf(sim));

/** Apps and group rules that a simulated org has now, by id. */
export const nodesOf = (sim: Simulator): string[] => held.nodesOf(accessTruthOf(sim));
