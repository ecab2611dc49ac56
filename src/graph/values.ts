import { createHash } from 'node:crypto';
import neo4j, { type DateTime, type Integer } from 'neo4j-driver';

/** A JS number reaches Neo4j as FLOAT unless it is wrapped. */
export function integer(value: number): Integer {
  return neo4j.int(value);
}

/** Neo4j DateTime in UTC of milliseconds since the epoch; null, which removes a property, when undefined. */
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

/** A short name for the content of a row, to tell whether it changed without sending it. */
export function contentHash(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('base64url').slice(0, 22);
}
