import assert from 'node:assert/strict';
import { join } from 'node:path';
import { prepareDocker } from '../../src/local/neo4jDocker';
import { environmentVariables } from './environmentVariables';
import { temporaryFolder } from './temporaryFolder';

describe('Neo4j in a container', () => {
  const folder = temporaryFolder();
  // No Docker is asked.
  environmentVariables(() => ({ PATH: folder.path }));

  it('is of a pinned version, keeps its data in the folder, and listens on this machine only', async () => {
    const { command, args } = await prepareDocker(folder.path, { bolt: 17_687, http: 17_474 }, 'secret-word');
    assert.equal(command, 'docker');
    assert.match(args.at(-1) ?? '', /^neo4j:\d+\.\d+\.\d+-community$/);
    assert.ok(args.includes(`${join(folder.path, 'data')}:/data`));
    const published = args.filter((_, i) => args[i - 1] === '--publish');
    assert.deepEqual(published, ['127.0.0.1:17687:7687', '127.0.0.1:17474:7474']);
  });

  it('does not show its password in the list of processes', async () => {
    const { args, env } = await prepareDocker(folder.path, { bolt: 17_687 }, 'secret-word');
    assert.ok(!args.join(' ').includes('secret-word'));
    assert.ok(args.includes('NEO4J_AUTH'));
    assert.equal(env['NEO4J_AUTH'], 'neo4j/secret-word');
  });
});
