import type { Config } from '../config';
import type { GraphDatabase } from '../graph/database';
import type { OktaDirectory } from '../okta/directory';

/** What the activities work with. */
export interface Ports {
  okta: OktaDirectory;
  graph: GraphDatabase;
  sync: Config['sync'];
  /** A chunk's length, milliseconds; about 20 s by default. */
  chunkMs?: number;
}

/** Least time between two denials of an object that prove its deletion, milliseconds. */
const PROOF_GAP_MS = 30_000;

export function proofGapMs({ sync }: Ports): number {
  return sync.proofGapMs ?? PROOF_GAP_MS;
}
