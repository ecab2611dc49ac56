import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../../secret';

const derive = promisify<
  string | Buffer,
  Buffer,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);

/** OWASP's smallest: about 128 MB and a tenth of a second for each try. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

const KEY_BYTES = 32;

/** Tells whether a password is the right one; only a salted hash of that is kept. */
export type VerifyPassword = (attempt: string) => Promise<boolean>;

export function passwordVerifier(password: Secret): VerifyPassword {
  const salt = randomBytes(16);
  const hash = derive(password.reveal(), salt, KEY_BYTES, COST);
  // One at a time, or many tries at once would take the machine's memory.
  let turn: Promise<unknown> = hash;
  return (attempt) => {
    const tried = turn.then(async () =>
      timingSafeEqual(await hash, await derive(attempt, salt, KEY_BYTES, COST)),
    );
    turn = tried.catch(() => undefined);
    return tried;
  };
}
