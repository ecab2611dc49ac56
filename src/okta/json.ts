export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Longest text of a property, in bytes of UTF-8; the raw object has it whole. Neo4j's range index refuses an entry of more
 * than about 8,100 bytes, all its properties together, and with it the write: half of that leaves room for the domain and
 * for indexes of other tools. Okta's own attributes end far below.
 */
export const MAX_TEXT_BYTES = 4000;

/** A character that shows: neither white space nor one of those that draw nothing, such as a zero-width space. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Control}\u2800]/u;

/**
 * A string that a database can keep and index: lone surrogates become U+FFFD, and it is cut to {@link MAX_TEXT_BYTES};
 * undefined when absent, null, or without a character that shows.
 */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return VISIBLE.test(value) ? cut(value.toWellFormed()) : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

const ENCODER = new TextEncoder();

/** The beginning of a well-formed text, cut between characters, that {@link MAX_TEXT_BYTES} hold. */
export function cut(text: string): string {
  // A UTF-16 unit takes three bytes at most.
  if (text.length * 3 <= MAX_TEXT_BYTES) return text;
  return text.slice(0, ENCODER.encodeInto(text, new Uint8Array(MAX_TEXT_BYTES)).read);
}

/** Milliseconds since the epoch of an ISO 8601 time; undefined when it is none. */
export function instant(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Okta's ids are letters, digits, `_` and `-`; nothing else may enter a path. */
export function isOktaId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(value);
}
