import type { Config } from '../config';
import type { Output } from './progressDisplay';

/** Output streams of a command: its result goes to `out`, everything else to `err`. */
export interface Io {
  out: Output;
  err: Output;
}

export interface Context extends Io {
  config: Config;
}
