import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLocalStackStopped, withLocalStack } from '../../src/config/localStack';
import { environmentFile } from '../../src/local/environment';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const STACK = {
  OKTA_DOMAIN: '127.0.0.1:8989',
  OKTA_CLIENT_ID: undefined,
  SYNC_ACCESS: 'rules,apps,roles',
  OKTA_LABELS: 'false',
  NEO4J_URI: 'bolt://127.0.0.1:7687',
  NEO4J_PASSWORD: 'of the stack',
};

describe('The variables of a local stack', () => {
  const folder = temporaryFolder();
  const file = () => join(folder.path, 'env');
  /** As the stack of another process has written it. */
  const writeAs = (pid: number) =>
    writeFileSync(file(), environmentFile(STACK).replace(String(process.pid), String(pid)));

  it('are used while it runs, and replace what belongs to the same service', () => {
    writeAs(process.pid);
    const found = withLocalStack(
      { NEO4J_PASSWORD: 'of another', OKTA_CLIENT_ID: 'real', HOME: '/home/a' },
      file(),
    );
    assert.equal(found['NEO4J_URI'], STACK.NEO4J_URI);
    assert.equal(found['NEO4J_PASSWORD'], STACK.NEO4J_PASSWORD);
    assert.equal(found['OKTA_CLIENT_ID'], '');
    assert.equal(found['HOME'], '/home/a');
  });

  it('leave a service alone that the environment chooses', () => {
    writeAs(process.pid);
    const found = withLocalStack({ NEO4J_URI: 'bolt://db:7687', NEO4J_PASSWORD: 'of db' }, file());
    assert.deepEqual([found['NEO4J_URI'], found['NEO4J_PASSWORD']], ['bolt://db:7687', 'of db']);
    assert.equal(found['OKTA_DOMAIN'], STACK.OKTA_DOMAIN);
  });

  it('have the SYNC_ACCESS of the simulated org, which neither another org nor another value uses', () => {
    writeAs(process.pid);
    const access = (environment: Record<string, string>) =>
      withLocalStack(environment, file())['SYNC_ACCESS'];
    assert.equal(access({}), STACK.SYNC_ACCESS);
    assert.equal(access({ SYNC_ACCESS: 'apps' }), 'apps');
    assert.equal(access({ OKTA_DOMAIN: 'acme.okta.com' }), undefined);
    const labels = (environment: Record<string, string>) =>
      withLocalStack(environment, file())['OKTA_LABELS'];
    assert.equal(labels({}), 'false');
    assert.equal(labels({ OKTA_LABELS: 'true' }), 'true');
  });

  it('replace those that were exported from an earlier stack', () => {
    writeAs(process.pid);
    const found = withLocalStack({ LOCAL_STACK_PID: '1', NEO4J_URI: 'bolt://127.0.0.1:1' }, file());
    assert.equal(found['NEO4J_URI'], STACK.NEO4J_URI);
  });

  it('are not used from a file that others can change', () => {
    writeAs(process.pid);
    chmodSync(file(), 0o666);
    const environment = { HOME: '/home/a' };
    assert.equal(withLocalStack(environment, file()), environment);
  });

  it('are not used after it has ended, nor if there has been none', () => {
    writeAs(spawnSync('true').pid);
    const environment = { HOME: '/home/a' };
    assert.equal(withLocalStack(environment, file()), environment);
    assert.equal(withLocalStack(environment, join(folder.path, 'none')), environment);
    assert.equal(isLocalStackStopped(file()), true);
    assert.equal(isLocalStackStopped(join(folder.path, 'none')), false);
    writeAs(process.pid);
    assert.equal(isLocalStackStopped(file()), false);
  });
});
