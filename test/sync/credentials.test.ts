import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../src/config';
import type { SimulatorOptions } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';
import { Stack } from '../../dev/lab/org/stack';

const SIZE = { users: 250, groups: 30 };
const { app, privateJwk } = newApp();

describe('A run signed in', () => {
  const asApp: Environment = {
    OKTA_API_TOKEN: undefined,
    OKTA_CLIENT_ID: CLIENT_ID,
    OKTA_PRIVATE_KEY: privateJwk,
  };
  const WAYS: readonly [way: string, simulator: SimulatorOptions, environment: Environment][] = [
    ['with an API token', {}, {}],
    ['as a service app with a Bearer token', { app }, asApp],
    ['as a service app with DPoP', { app, oauth: { requiresDpop: true, apiNonces: true } }, asApp],
  ];
  for (const [way, simulator, environment] of WAYS) {
    it(`${way} makes the graph match the org, and keeps doing so`, async function () {
      this.timeout(SERVICE_TIMEOUT_MS);
      const stack = await Stack.start({ ...SIZE, ...simulator }, environment);
      try {
        assert.equal((await stack.sync()).outcome, 'succeeded');
        assert.deepEqual(await stack.differences(), []);
        const done = stack.sim.org.churn({ fraction: 0.1, seed: 3 });
        const report = await stack.sync({ mode: 'full' });
        assert.equal(report.outcome, 'succeeded');
        assert.equal(report.users.deleted, done.usersDeleted);
        assert.deepEqual(await stack.differences(), []);
      } finally {
        await stack.stop();
      }
    });
  }
});

describe('A run of a service app without the scopes of apps and admin roles', () => {
  for (const refusesUngranted of [true, false]) {
    it(`syncs everything else, and warns of each kind once, where Okta ${refusesUngranted ? 'rejects the token request' : 'leaves the scopes out'}`, async function () {
      this.timeout(SERVICE_TIMEOUT_MS);
      const oauth = { scopes: ['okta.users.read', 'okta.groups.read'], refusesUngranted };
      const stack = await Stack.start(
        { ...SIZE, rules: 4, app, oauth },
        {
          OKTA_API_TOKEN: undefined,
          OKTA_CLIENT_ID: CLIENT_ID,
          OKTA_PRIVATE_KEY: privateJwk,
          SYNC_ACCESS: 'rules,apps,roles',
        },
      );
      try {
        const { outcome, warnings, access } = await stack.sync();
        assert.notEqual(outcome, 'failed');
        assert.deepEqual(await stack.differences(), []);
        assert.equal(access?.rules?.created, 4);
        const rejected = warnings.filter(({ code }) => code === 'ACCESS_NOT_READ');
        assert.deepEqual(
          rejected.map(({ message }) => /read (\w+);/.exec(message)?.[1]),
          ['apps', 'roles'],
        );
      } finally {
        await stack.stop();
      }
    });
  }
});

describe('A run whose credentials are rotated while it works', () => {
  const files = credentialsFolder();

  /** Begins a run and rotates once it reads members. */
  async function rotateInMidRun(stack: Stack, rotate: () => void): Promise<void> {
    const run = await stack.begin();
    const membersRead = (): number => stack.sim.stats.snapshot().byRoute.members ?? 0;
    while (membersRead() < 3) await sleep(20);
    rotate();
    assert.ok(membersRead() < SIZE.groups, 'the run is not over');
    const report = await run.result();
    assert.equal(report.outcome, 'succeeded');
    assert.ok(report.okta.retries >= 1, 'the refused request must have been repeated');
    assert.ok((stack.sim.stats.snapshot().byStatus['401'] ?? 0) >= 1, 'the old token must have been refused');
    assert.deepEqual(await stack.differences(), []);
  }

  it('goes on with the new token of the file, and succeeds', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const path = files.write('token', 'the-old-one');
    const stack = await Stack.start(
      { ...SIZE, token: 'the-old-one', latencyMs: 150 },
      { OKTA_API_TOKEN: undefined, OKTA_API_TOKEN_FILE: path, OKTA_MAX_CONCURRENCY: '2' },
    );
    try {
      await rotateInMidRun(stack, () => {
        files.write('token', 'the-new-one');
        stack.sim.credentials.token = 'the-new-one';
      });
    } finally {
      await stack.stop();
    }
  });

  it('goes on with the new key of the service app, and succeeds', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const next = newApp();
    const path = files.write('key', privateJwk);
    const stack = await Stack.start(
      { ...SIZE, app, latencyMs: 150, oauth: { requiresDpop: true } },
      {
        OKTA_API_TOKEN: undefined,
        OKTA_CLIENT_ID: CLIENT_ID,
        OKTA_PRIVATE_KEY_FILE: path,
        OKTA_MAX_CONCURRENCY: '2',
      },
    );
    try {
      await rotateInMidRun(stack, () => {
        files.write('key', next.privateKey);
        stack.sim.credentials.app = next.app;
        stack.sim.credentials.revokeAccessTokens();
      });
    } finally {
      await stack.stop();
    }
  });
});
