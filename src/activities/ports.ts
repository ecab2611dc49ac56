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
