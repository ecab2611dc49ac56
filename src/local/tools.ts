import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { succeeds } from './command';
import { makePrivate, privateFolder } from './privateFiles';

/** What `npm start` and the tests keep beside the sources. */
export const LOCAL_DIR = join(__dirname, '..', '..', '.local');

/** Servers that were fetched once; `npm start` and the tests share them. */
export const TOOLS_DIR = join(LOCAL_DIR, 'tools');

/**
 * The folder of a fetched tool, after fetching it where it is not there yet. The name MUST change with the
 * content. `fetch` fills an empty folder beside it, which then takes the name in one step: a half-fetched tool
 * is never seen, and of two processes that fetch at once one wins and the other uses what it finds.
 *
 * @throws what `fetch` throws.
 */
export async function toolFolder(
  name: string,
  fetch: (folder: string) => Promise<void>,
  toolsDir = TOOLS_DIR,
): Promise<string> {
  const folder = join(toolsDir, name);
  if (await succeeds(stat(folder))) return folder;

  await privateFolder(toolsDir);
  const partial = await mkdtemp(join(toolsDir, `.${name}-`));
  try {
    await fetch(partial);
    await makePrivate(partial);
    await rename(partial, folder).catch(async (error: unknown) => {
      if (!(await succeeds(stat(folder)))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}
