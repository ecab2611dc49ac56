import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_DIR } from './tools';

/** Where orgs are kept that are added in the console of `npm start`. */
export const ADDED_ORGS_DIR = join(LOCAL_DIR, 'credentials');

/** Makes the place for orgs that are added in the console, and tells whether there are some from before. */
export function hasAddedOrgs(directory = ADDED_ORGS_DIR): boolean {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return readdirSync(directory).some((name) => name.endsWith('.json') && !name.startsWith('.'));
}
