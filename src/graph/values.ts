import { createHash } from 'node:crypto';
import neo4j, { type DateTime, type Integer } from 'neo4j-driver';

/** Wraps a number as a Neo4j integer; a plain JS number would be stored as FLOAT. */
export function integer(value: number): Integer {
  return neo4j.int(value);
}

/**
 * Converts milliseconds since the epoch to a Neo4j DateTime in UTC; undefined becomes null, which removes the property.
 */
export function dateTime(ms: number | undefined): DateTime<number> | null {
  if (ms === undefined) return null;
  const date = new Date(ms);
  return new neo4j.types.DateTime(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds() * 1_000_000,
    0,
  );
}

/** Returns a short hash of a row's content, for detecting changes without sending the row. */
export function contentHash(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('base64url').slice(0, 22);
}
