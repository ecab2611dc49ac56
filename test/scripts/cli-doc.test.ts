import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cliDoc } from '../../scripts/cli-doc';

describe('The page about the command line', () => {
  it('has every command of src/cli/program.ts as it is there; npm run docs updates it', async () => {
    const page = readFileSync('docs/cli.md', 'utf8');
    assert.equal(page, await cliDoc());
    for (const command of ['run', 'report', 'schedule apply', 'rename-org'])
      assert.match(page, new RegExp(`^### ${command}$`, 'm'));
  });
});
