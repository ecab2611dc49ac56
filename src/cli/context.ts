import type { Config } from '../config';
import type { Output } from './progressDisplay';

/** Where a command writes: what was asked for to `out`, all else to `err`. */
export interface Io {
  out: Output;
  err: Output;
}

export interface Context extends Io {
  config: Config;
}
