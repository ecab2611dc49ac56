import { createHash, randomBytes } from 'node:crypto';

/** How the text of every token begins, so that scanners for leaked secrets recognize it. */
export const TOKEN_PREFIX = 'okg_';

const TOKEN_BYTES = 32;

const TOKEN_TEXT = new RegExp(`^${TOKEN_PREFIX}[\\w-]{43}$`);

/** Returns the text of a new token: the prefix and 32 random bytes. */
export function newTokenText(): string {
  return TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Returns true if a text has the form of a token. */
export function isTokenText(text: string): boolean {
  return TOKEN_TEXT.test(text);
}

/** Returns the SHA-256 of a token's text. Looking it up in an index shows nothing about a token that is almost right. */
export function tokenHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
