import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for each test of the suite that calls this, deleted after it. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'okta-graph-local-'));
  });
  afterEach(() => rm(folder.path, { recursive: true, force: true }));
  return folder;
}
