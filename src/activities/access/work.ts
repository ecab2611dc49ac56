import type { AccessWriter } from '../../graph/write/access/attempt';
import type { Attempt } from '../context';
import type { Ports } from '../ports';

/** Parts of the work of one attempt. */
export interface AccessWork {
  ports: Ports;
  writer: AccessWriter;
  attempt: Attempt<unknown>;
  gapMs: number;
}
