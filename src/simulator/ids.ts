import { Random } from './random';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const INDEX_DIGITS = 5;
const INDEX_SPACE = ALPHABET.length ** INDEX_DIGITS;
const STREAMS = {
  '00u': 11,
  '00g': 12,
  '00o': 13,
  '0oa': 14,
  oty: 15,
  '0pr': 16,
  ra1: 17,
  irb: 18,
  cr0: 19,
  iam: 20,
} as const;

export type IdPrefix = keyof typeof STREAMS;

/**
 * Returns the id of the `index`-th object of its kind: 20 characters, as in Okta. The last five encode the index, so
 * ids of an org are unique.
 */
export function oktaId(prefix: IdPrefix, seed: number, index: number): string {
  const random = new Random(seed, STREAMS[prefix], index);
  let id: string = prefix;
  for (let i = prefix.length + INDEX_DIGITS; i < 20; i++)
    id += ALPHABET.charAt(random.below(ALPHABET.length));
  // A bijection, because 7919 and 62 have no common factor. It only avoids ids that end in 00000.
  let rest = (index * 7919 + 123_456_789) % INDEX_SPACE;
  for (let i = 0; i < INDEX_DIGITS; i++) {
    id += ALPHABET.charAt(rest % ALPHABET.length);
    rest = Math.floor(rest / ALPHABET.length);
  }
  return id;
}

/** Returns 20 random characters with a prefix, for request and error ids. */
export function randomId(prefix: string, random: Random): string {
  let id = prefix;
  while (id.length < 20) id += ALPHABET.charAt(random.below(ALPHABET.length));
  return id;
}
