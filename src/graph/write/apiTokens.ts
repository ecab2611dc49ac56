import type { GraphDatabase } from '../database';
import { dateTime, integer } from '../values';

/** What an API token allows: to read, or to start runs too. */
export const TOKEN_SCOPES = ['read', 'operate'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** An API token of the console, without its text, which is not stored. Times are milliseconds since the epoch. */
export interface ApiToken {
  id: string;
  name: string;
  scope: TokenScope;
  createdBy: string;
  createdMs: number;
  /** Null if it never expires. */
  expiresMs: number | null;
  /** At most an hour before its last use; null if it was never used. */
  lastUsedMs: number | null;
}

const COLUMNS = `t.id AS id, t.name AS name, t.scope AS scope, t.created_by AS createdBy,
  t.created_at.epochMillis AS createdMs, t.expires_at.epochMillis AS expiresMs, t.last_used_at.epochMillis AS lastUsedMs`;

/** How long a noted use stands for later ones, in ms. */
export const USE_NOTED_MS = 3_600_000;

/**
 * Stores a token by the SHA-256 of its text.
 *
 * @returns false if there are `atMost` tokens already.
 */
export async function addApiToken(
  db: GraphDatabase,
  { hash, expiresMs, createdMs, ...token }: Omit<ApiToken, 'lastUsedMs'> & { hash: string },
  atMost: number,
): Promise<boolean> {
  const added = await db.write((tx) =>
    tx.run(
      `WITH COUNT { MATCH (:ApiToken) } AS tokens WHERE tokens < $atMost
       CREATE (t:ApiToken {hash: $hash, id: $id, name: $name, scope: $scope, created_by: $createdBy,
         created_at: $createdAt, expires_at: $expiresAt})
       RETURN t.id AS id`,
      {
        ...token,
        hash,
        createdAt: dateTime(createdMs),
        expiresAt: dateTime(expiresMs ?? undefined),
        atMost: integer(atMost),
      },
    ),
  );
  return added.length > 0;
}

/** Returns all tokens, the newest first. */
export async function apiTokens(db: GraphDatabase): Promise<ApiToken[]> {
  return db.read<ApiToken>(`MATCH (t:ApiToken) RETURN ${COLUMNS} ORDER BY t.created_at DESC, t.id`);
}

/** Returns the token with this hash, also an expired one; undefined if there is none. */
export async function findApiToken(db: GraphDatabase, hash: string): Promise<ApiToken | undefined> {
  const [found] = await db.read<ApiToken>(`MATCH (t:ApiToken {hash: $hash}) RETURN ${COLUMNS}`, { hash });
  return found;
}

/** Notes that a token was used, at most once an hour. */
export async function noteTokenUse(db: GraphDatabase, hash: string, nowMs: number): Promise<void> {
  await db.write((tx) =>
    tx.run(
      `MATCH (t:ApiToken {hash: $hash}) WHERE coalesce(t.last_used_at <= $before, true) SET t.last_used_at = $now`,
      { hash, now: dateTime(nowMs), before: dateTime(nowMs - USE_NOTED_MS) },
    ),
  );
}

/** Deletes a token. @returns its name; undefined if it does not exist. */
export async function revokeApiToken(db: GraphDatabase, id: string): Promise<string | undefined> {
  const [revoked] = await db.write((tx) =>
    tx.run<{ name: string }>('MATCH (t:ApiToken {id: $id}) WITH t, t.name AS name DELETE t RETURN name', {
      id,
    }),
  );
  return revoked?.name;
}
