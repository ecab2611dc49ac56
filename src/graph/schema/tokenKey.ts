import type { GraphDatabase } from '../database';
import { create, uniqueKey } from './indexes';

/** The unique key of the console's API tokens, by which each request finds its own. */
export const TOKEN_KEY = uniqueKey('ApiToken', ['hash']);

/** Creates the unique key of API tokens if it does not exist. */
export async function ensureTokenKey(db: GraphDatabase): Promise<void> {
  await create(db, TOKEN_KEY);
}
