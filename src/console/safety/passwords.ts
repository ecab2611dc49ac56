import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../../secret';

/** Parameters of scrypt; `maxmem` in bytes. */
export interface ScryptCost {
  N: number;
  r: number;
  p: number;
  maxmem: number;
}

/** OWASP's smallest: about 128 MB and a tenth of a second for each try. */
const COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

const KEY_BYTES = 32;

/** Returns true for the right password, in a time that does not depend on how much of it is right. */
export type VerifyPassword = (attempt: string) => Promise<boolean>;

/** Keeps only a salted hash of `password`, and compares one attempt after the other. */
export function passwordVerifier(password: Secret, cost: ScryptCost = COST): VerifyPassword {
  const salt = randomBytes(16);
  const derive = (text: string) =>
    promisify<string, Buffer, number, ScryptCost, Buffer>(scrypt)(text, salt, KEY_BYTES, cost);
  const hash = derive(password.reveal());
  // One at a time, or many tries at once would take the machine's memory.
  let turn: Promise<unknown> = hash;
  return (attempt) => {
    const tried = turn.then(async () => timingSafeEqual(await hash, await derive(attempt)));
    turn = tried.catch(() => undefined);
    return tried;
  };
}
