import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import { loadConfig } from '../../src/config';
import {
  environmentFile,
  partsToStart,
  SIMULATED_ACCESS,
  SIMULATED_WATCH,
  variablesOf,
} from '../../src/local/environment';

const LOCAL = {
  okta: { domain: '127.0.0.1:8989', token: 'simulated' },
  temporal: { address: '127.0.0.1:7233' },
  neo4j: { uri: 'bolt://127.0.0.1:7687', username: 'neo4j', password: 'generated' },
};

const ELSEWHERE = {
  OKTA_DOMAIN: 'acme.okta.com',
  OKTA_API_TOKEN: 'real',
  TEMPORAL_ADDRESS: 'acme.tmprl.cloud:7233',
  NEO4J_URI: 'neo4j+s://acme.databases.neo4j.io',
  NEO4J_PASSWORD: 'real',
};

describe('The environment of npm start', () => {
  it('leaves to npm start what is not set or empty', () => {
    assert.deepEqual(partsToStart({ NEO4J_URI: ' ' }), {
      okta: true,
      temporal: true,
      neo4j: true,
      credentials: true,
      access: true,
      watch: true,
    });
  });

  it('syncs all kinds of access of a simulated org, unless SYNC_ACCESS is set or the org is a real one', () => {
    assert.deepEqual(loadConfig(variablesOf({ ...LOCAL, access: SIMULATED_ACCESS })).sync.access, [
      'rules',
      'apps',
      'roles',
    ]);
    assert.deepEqual(loadConfig(variablesOf(LOCAL)).sync.access, ['rules']);
    assert.equal(partsToStart({ SYNC_ACCESS: ' ' }).access, true);
    assert.equal(partsToStart({ SYNC_ACCESS: 'none' }).access, false);
    assert.equal(partsToStart({ OKTA_DOMAIN: 'acme.okta.com' }).access, false);
    assert.equal(partsToStart({}, true).access, false);
  });

  it('watches the log of a simulated org, unless WATCH_INTERVAL is set or the org is a real one', () => {
    assert.equal(loadConfig(variablesOf({ ...LOCAL, watch: SIMULATED_WATCH })).sync.watchIntervalMs, 10_000);
    assert.equal(loadConfig(variablesOf(LOCAL)).sync.watchIntervalMs, undefined);
    assert.equal(partsToStart({ WATCH_INTERVAL: 'off' }).watch, false);
    assert.equal(partsToStart({ OKTA_DOMAIN: 'acme.okta.com' }).watch, false);
  });

  it('keeps variables that are set', () => {
    assert.deepEqual(partsToStart(ELSEWHERE), {
      okta: false,
      temporal: false,
      neo4j: false,
      credentials: true,
      access: false,
      watch: false,
    });
    assert.deepEqual(variablesOf({}), {});
    assert.equal(partsToStart({ OKTA_CREDENTIALS_DIR: '/etc/okta' }).okta, false);
  });

  it('simulates no org if one was added in the console', () => {
    assert.equal(partsToStart({}, true).okta, false);
  });

  it('configures the local parts', () => {
    const config = loadConfig(variablesOf(LOCAL));
    assert.equal(config.okta.orgs[0]?.origin, 'http://127.0.0.1:8989');
    assert.equal(config.temporal.address, '127.0.0.1:7233');
    assert.equal(config.neo4j.password.reveal(), 'generated');
  });

  it('passes no secret or setting of another service to a local part', () => {
    const config = loadConfig({
      OKTA_API_TOKEN_FILE: '/nowhere/token',
      OKTA_CLIENT_ID: 'real',
      OKTA_PRIVATE_KEY_FILE: '/nowhere/key',
      OKTA_CREDENTIALS_DIR: '/nowhere',
      NEO4J_PASSWORD_FILE: '/nowhere/password',
      NEO4J_DATABASE: 'production',
      TEMPORAL_PROFILE: 'cloud',
      TEMPORAL_NAMESPACE: 'acme.a1b2c',
      TEMPORAL_API_KEY: 'real',
      TEMPORAL_DEPLOYMENT_NAME: 'okta-graph',
      TEMPORAL_WORKER_BUILD_ID: 'v1',
      TEMPORAL_TLS_SERVER_NAME: 'acme.tmprl.cloud',
      ...variablesOf(LOCAL),
    });
    assert.equal(config.neo4j.database, undefined);
    assert.equal(config.temporal.namespace, 'default');
    const { apiKey, tls } = config.temporal.connectionOptions();
    assert.deepEqual([apiKey, tls || undefined], [undefined, undefined]);
    assert.equal(config.temporal.version, undefined);
  });

  it('keeps unrelated settings', () => {
    const config = loadConfig({ TEMPORAL_TASK_QUEUE: 'mine', SYNC_INTERVAL: '30m', ...variablesOf(LOCAL) });
    assert.deepEqual([config.temporal.taskQueue, config.sync.intervalMs], ['mine', 1_800_000]);
  });

  it('can be read by a shell, with empty values for variables that must not be set', () => {
    const text = environmentFile(variablesOf({ neo4j: LOCAL.neo4j }));
    assert.equal(
      text,
      `LOCAL_STACK_PID=${process.pid}\n` +
        'NEO4J_URI=bolt://127.0.0.1:7687\nNEO4J_USERNAME=neo4j\nNEO4J_PASSWORD=generated\n' +
        'NEO4J_PASSWORD_FILE=\nNEO4J_DATABASE=\n',
    );
  });

  it('is read alike by a shell and as an .env file, also from a folder with spaces and quotes', () => {
    for (const directory of ['/home/a b/$HOME', "/home/it's"]) {
      const text = environmentFile({ OKTA_CREDENTIALS_DIR: directory });
      assert.equal(parseEnv(text)['OKTA_CREDENTIALS_DIR'], directory);
      const shell = execFileSync('sh', ['-c', `${text}printf %s "$OKTA_CREDENTIALS_DIR"`], {
        encoding: 'utf8',
      });
      assert.equal(shell, directory);
    }
  });
});
