export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Longest text of a property, in bytes of UTF-8; the raw object has it whole. Neo4j's range index refuses an entry of more
 * than 8,164 bytes, all its properties together, and with it the write; a domain, which stands before the name in an index,
 * takes up to 253.
 */
export const MAX_TEXT_BYTES = 7800;

/**
 * A string that a database can keep and index: lone surrogates become U+FFFD, and it is cut to {@link MAX_TEXT_BYTES};
 * undefined when absent, null or of no text.
 */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : cut(value.toWellFormed());
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

/** Levels of objects and lists that an item may have. Okta's have fewer than ten; V8's `JSON.stringify` overflows near 5,000. */
const MAX_LEVELS = 500;

/** True if a parsed value has more levels than an item may have. Does not recurse, so no value overflows the stack. */
export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isNested);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_LEVELS) return true;
    level = level.flatMap((each) => Object.values(each).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
