import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../../orgs/secret';

/** Parameters of scrypt; `maxmem` in bytes. */
export interface ScryptCost {
  N: number;
  r: number;
  p: number;
  maxmem: number;
}

/** OWASP's minimum: about 128 MB and 0.1 s per attempt. */
const COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

const KEY_BYTES = 32;

/** Returns true for the right password. The time does not depend on how much of the attempt matches. */
export type VerifyPassword = (attempt: string) => Promise<boolean>;

/** Returns a verifier that keeps only a salted hash of `password` and checks one attempt at a time. */
export function passwordVerifier(password: Secret, cost: ScryptCost = COST): VerifyPassword {
  const salt = randomBytes(16);
  const derive = (text: string) =>
    promisify<string, Buffer, number, ScryptCost, Buffer>(scrypt)(text, salt, KEY_BYTES, cost);
  const hash = derive(password.reveal());
  // One at a time: concurrent attempts could use up the machine's memory.
  let turn: Promise<unknown> = hash;
  return (attempt) => {
    const tried = turn.then(async () => timingSafeEqual(await hash, await derive(attempt)));
    turn = tried.catch(() => undefined);
    return tried;
  };
}
