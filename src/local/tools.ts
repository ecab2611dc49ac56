import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { succeeds } from './command';
import { makePrivate, privateFolder } from './privateFiles';

/** Directory for the data of `okta-graph start` and the tests, in the working directory. */
export const LOCAL_DIR = resolve('.local');

/** Downloaded servers, shared by `okta-graph start` and the tests. */
export const TOOLS_DIR = join(LOCAL_DIR, 'tools');

/**
 * Returns the folder of a downloaded tool, after downloading it if necessary. The name MUST change with the content.
 * `fetch` fills an empty folder, which is then renamed in one step. So an incomplete tool is never used, and if two
 * processes download at the same time, the second one uses the folder of the first.
 *
 * @throws the errors of `fetch`.
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
