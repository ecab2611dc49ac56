import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { privateFolder } from './privateFiles';
import { LOCAL_DIR } from './tools';

/** Directory for the credentials of orgs that are added in the console of `okta-graph start`. */
export const ADDED_ORGS_DIR = join(LOCAL_DIR, 'credentials');

/** Creates the directory for orgs that are added in the console. Returns true if it already contains some. */
export async function hasAddedOrgs(directory = ADDED_ORGS_DIR): Promise<boolean> {
  await privateFolder(directory);
  return (await readdir(directory)).some((name) => name.endsWith('.json') && !name.startsWith('.'));
}
