export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Maximum size of a text property, in bytes of UTF-8; the raw object keeps the full text. Neo4j rejects a write if an
 * entry of a range index, with all its properties, exceeds 8,164 bytes. A domain, the first property of such an index,
 * takes up to 253 of them.
 */
export const MAX_TEXT_BYTES = 7800;

/**
 * Converts a value to a string that Neo4j can store and index: lone surrogates become U+FFFD, and the text is truncated
 * to {@link MAX_TEXT_BYTES}. Returns undefined for an empty string and for anything but a string, number or boolean.
 */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : cut(value.toWellFormed());
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

const ENCODER = new TextEncoder();

/** Truncates a well-formed text to {@link MAX_TEXT_BYTES} without splitting a character. */
export function cut(text: string): string {
  // A UTF-16 code unit takes at most three bytes in UTF-8.
  if (text.length * 3 <= MAX_TEXT_BYTES) return text;
  return text.slice(0, ENCODER.encodeInto(text, new Uint8Array(MAX_TEXT_BYTES)).read);
}

/** Parses an ISO 8601 time to milliseconds since the epoch; undefined for anything else. */
export function instant(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Returns true for letters, digits, `_` and `-` only, as in Okta's ids; nothing else may become part of a URL path. */
export function isOktaId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(value);
}

/** Maximum nesting of objects and lists in an item. Okta's items have fewer than ten levels; V8's `JSON.stringify` overflows near 5,000. */
const MAX_LEVELS = 500;

/** Returns true if a parsed value exceeds {@link MAX_LEVELS}. It does not recurse, so no value can overflow the stack. */
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
