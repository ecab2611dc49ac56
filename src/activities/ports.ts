import type { Config } from '../config';
import type { SearchAttribute } from '../contract';
import type { GraphDatabase } from '../graph/database';
import type { OktaDirectory } from '../okta/directory';

/** The dependencies of the activities. */
export interface Ports {
  okta: OktaDirectory;
  graph: GraphDatabase;
  sync: Config['sync'];
  /** Where the end of a run is announced; nowhere if absent. */
  notify?: Config['notify'];
  /** The search attributes that the namespace has. */
  searchAttributes: readonly SearchAttribute[];
  /** Length of a chunk, milliseconds; about 20 s by default. */
  chunkMs?: number;
}

/** Minimum time between two denials of an object that confirm its deletion, milliseconds. */
const PROOF_GAP_MS = 30_000;

export function proofGapMs({ sync }: Ports): number {
  return sync.proofGapMs ?? PROOF_GAP_MS;
}
