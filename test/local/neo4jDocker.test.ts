import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startNeo4j } from '../../src/local/neo4j';
import { prepareDocker } from '../../src/local/neo4jDocker';
import { environmentVariables } from '../../dev/lab/environmentVariables';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

describe('Neo4j in a container', () => {
  const folder = temporaryFolder();
  // Does not call Docker.
  environmentVariables(() => ({ PATH: folder.path, NEO4J_PASSWORD: 'secret-of-ours' }));

  const launch = (ports: { bolt: number; http?: number }) => prepareDocker(folder.path, ports, 'secret-word');

  it('uses a pinned image, stores its data in the folder, and listens only on this machine', async () => {
    const { command, args } = await launch({ bolt: 17_687, http: 17_474 });
    assert.equal(command, 'docker');
    assert.match(args.at(-1) ?? '', /^neo4j:\d+\.\d+\.\d+-community@sha256:[0-9a-f]{64}$/);
    assert.ok(args.includes(`${join(folder.path, 'data')}:/data`));
    const published = args.filter((_, i) => args[i - 1] === '--publish');
    assert.deepEqual(published, ['127.0.0.1:17687:7687', '127.0.0.1:17474:7474']);
  });

  it('gets its password as a stored hash, not in an argument or variable', async () => {
    const { args, env } = await launch({ bolt: 17_687 });
    const auth = await readFile(join(folder.path, 'data', 'dbms', 'auth.ini'), 'utf8');
    assert.match(auth, /^neo4j:SHA-256,[0-9a-f]{64},[0-9a-f]{64},1024:\n$/);
    const given = [...args, JSON.stringify(env), auth].join();
    for (const secret of ['secret-word', 'secret-of-ours']) assert.ok(!given.includes(secret));
  });

  it('has no unnecessary privileges', async () => {
    const { args } = await launch({ bolt: 17_687 });
    assert.equal(args[args.indexOf('--cap-drop') + 1], 'ALL');
    assert.equal(args[args.indexOf('--security-opt') + 1], 'no-new-privileges');
  });

  it('cannot be started by root, who would no longer own its files', async () => {
    await writeFile(join(folder.path, 'docker'), '#!/bin/sh\n', { mode: 0o755 });
    const { getuid } = process;
    process.getuid = () => 0;
    try {
      await assert.rejects(startNeo4j({ dataDir: folder.path }), /As root, Neo4j cannot run in a container/);
    } finally {
      process.getuid = getuid as () => number;
    }
  });
});
