import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toolFolder } from '../../src/local/tools';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

describe('The folder of a downloaded tool', () => {
  const tools = temporaryFolder();

  it('is downloaded once', async () => {
    let fetches = 0;
    const fetch = async () => void fetches++;
    const folder = await toolFolder('tool-1', fetch, tools.path);
    assert.equal(await toolFolder('tool-1', fetch, tools.path), folder);
    assert.equal(fetches, 1);
  });

  it('is complete if two processes download it at the same time', async () => {
    const fetchSlowly = (content: string) => async (folder: string) => {
      await writeFile(join(folder, 'a'), content);
      await delay(50);
      await writeFile(join(folder, 'b'), content);
    };
    const [folder] = await Promise.all([
      toolFolder('tool-1', fetchSlowly('first'), tools.path),
      toolFolder('tool-1', fetchSlowly('second'), tools.path),
    ]);
    const contents = await Promise.all(['a', 'b'].map((name) => readFile(join(folder, name), 'utf8')));
    assert.equal(contents[0], contents[1]);
    assert.deepEqual(await readdir(tools.path), ['tool-1']);
  });

  it('does not exist if the download fails', async () => {
    await assert.rejects(
      toolFolder('tool-1', () => Promise.reject(new Error('offline')), tools.path),
      /offline/,
    );
    assert.deepEqual(await readdir(tools.path), []);
  });
});
