import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { loadConfig, type Environment } from '../../src/config';
import { CodedError } from '../../src/faults/fault';
import { ConfiguredOrgs } from '../../src/okta/directory';
import { startSimulator, type Simulator } from '../../src/simulator';
import { until } from '../../dev/lab/until';
import { shortenPauses } from './support/pauses';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';
import { assertFails, newContext } from './support/api';

const isUnknown = (error: unknown, retryable: boolean): error is CodedError =>
  error instanceof CodedError && error.code === 'UNKNOWN_ORG' && error.retryable === retryable;
const UNKNOWN = (error: unknown): boolean => isUnknown(error, false);

describe('credentials that are rotated', () => {
  shortenPauses();
  const files = credentialsFolder();
  let simulator: Simulator;
  let orgs: ConfiguredOrgs;

  beforeEach(async () => {
    simulator = await startSimulator({ users: 5, token: 'the-old-one', awkward: false });
  });
  afterEach(async () => {
    orgs.close();
    await simulator.close();
  });

  function configure(environment: Environment): void {
    orgs = new ConfiguredOrgs(loadConfig({ NEO4J_PASSWORD: 'none', ...environment }).okta);
  }
  const readUsers = (context = newContext()) => orgs.org(simulator.domain).users(undefined, context);
  const callsWith = (status: number): number => simulator.stats.snapshot().byStatus[status] ?? 0;

  it('are taken from the file of the token once Okta refuses the old ones, by all requests in progress', async () => {
    const path = files.write('token', 'the-old-one');
    configure({ OKTA_DOMAIN: simulator.domain, OKTA_API_TOKEN_FILE: path });
    await readUsers();
    files.write('token', 'the-new-one');
    await readUsers();
    assert.equal(callsWith(401), 0, 'not before');
    simulator.credentials.token = 'the-new-one';
    const context = newContext();
    await Promise.all(Array.from({ length: 8 }, () => readUsers(context)));
    assert.ok(callsWith(401) >= 1, 'the old token must have been refused');
    assert.equal(context.usage.retries, callsWith(401));
  });

  it('fail for good where the file has not changed, or has nothing better', async () => {
    const path = files.write('token', 'the-old-one');
    configure({ OKTA_DOMAIN: simulator.domain, OKTA_API_TOKEN_FILE: path });
    simulator.credentials.token = 'the-new-one';
    await assertFails(readUsers(), 'OKTA_UNAUTHORIZED');
    assert.equal(callsWith(401), 3);
    files.write('token', 'another-wrong-one');
    const error = await assertFails(readUsers(), 'OKTA_UNAUTHORIZED');
    assert.equal(callsWith(401), 3 + 4, 'the changed one is tried at once, then twice more');
    assert.ok(!error.message.includes('wrong-one'), error.message);
    files.write('token', 'the-new-one');
    assert.equal((await readUsers()).items.length, 5);
  });

  it('may turn from a token into a service app', async () => {
    const { app, privateKey } = newApp();
    const name = `${simulator.domain}.json`;
    files.write(name, { domain: simulator.domain, token: 'the-old-one' });
    configure({ OKTA_CREDENTIALS_DIR: files.path('') });
    await readUsers();
    files.write(name, { domain: simulator.domain, clientId: CLIENT_ID, privateKey });
    simulator.credentials.app = app;
    simulator.credentials.token = 'nobody-knows';
    assert.equal((await readUsers()).items.length, 5);
    assert.equal(simulator.stats.snapshot().byRoute.token, 1);
  });

  it('may be the key of a service app, which the token endpoint shows first', async () => {
    const [first, second] = [newApp(), newApp()];
    simulator.credentials.app = first.app;
    const path = files.write('key', first.privateKey);
    configure({ OKTA_DOMAIN: simulator.domain, OKTA_CLIENT_ID: CLIENT_ID, OKTA_PRIVATE_KEY_FILE: path });
    await readUsers();
    simulator.credentials.app = second.app;
    await readUsers();
    assert.equal(simulator.stats.snapshot().byRoute.token, 1, 'the access token is still good');
    simulator.credentials.revokeAccessTokens();
    await assertFails(readUsers(), 'OKTA_UNAUTHORIZED');
    files.write('key', second.privateKey);
    await Promise.all([readUsers(), readUsers(), readUsers()]);
  });

  it('may be of an org whose file is added later', async () => {
    const other = await startSimulator({ users: 3, token: 'of-the-other', awkward: false });
    files.write(`${simulator.domain}.json`, { domain: simulator.domain, token: 'the-old-one' });
    configure({ OKTA_CREDENTIALS_DIR: files.path('') });
    assert.equal(orgs.org(undefined).domain, simulator.domain);
    assert.throws(() => orgs.org(other.domain), UNKNOWN);
    files.write(`${other.domain}.json`, { domain: other.domain, token: 'of-the-other' });
    assert.throws(() => orgs.org(undefined), /several orgs are configured/);
    assert.equal((await orgs.org(other.domain).users(undefined, newContext())).items.length, 3);
    assert.equal((await readUsers()).items.length, 5);
    await other.close();
  });

  it('are no longer used once their file is deleted, while a request that was sent may end', async () => {
    const name = `${simulator.domain}.json`;
    files.write(name, { domain: simulator.domain, token: 'the-old-one' });
    configure({ OKTA_CREDENTIALS_DIR: files.path('') });
    simulator.faults.set([{ match: { route: 'users', times: 1 }, action: { type: 'delay', delayMs: 300 } }]);
    const context = newContext();
    const sent = readUsers(context);
    await until(() => simulator.faults.report()[0]?.fired === 1);
    rmSync(files.path(name));
    assert.throws(() => orgs.org(simulator.domain), UNKNOWN);
    assert.throws(() => orgs.org(undefined), /has no credentials for any org/);
    assert.equal((await sent).items.length, 5);
    assert.equal(context.usage.retries, 0);
    files.write(name, { domain: simulator.domain, token: 'the-old-one' });
    assert.equal((await readUsers()).items.length, 5);
  });

  it('are those of the changed file at the next activity, before Okta refuses the old ones', async () => {
    const name = `${simulator.domain}.json`;
    files.write(name, { domain: simulator.domain, token: 'the-old-one' });
    configure({ OKTA_CREDENTIALS_DIR: files.path('') });
    await readUsers();
    files.write(name, { domain: simulator.domain, token: 'the-new-one' });
    simulator.credentials.token = 'the-new-one';
    await readUsers();
    assert.equal(callsWith(401), 0);
  });

  it('are not used while their file has a fault, and again once it has none', async () => {
    const name = `${simulator.domain}.json`;
    const path = files.write(name, { domain: simulator.domain, token: 'the-old-one' });
    configure({ OKTA_CREDENTIALS_DIR: files.path('') });
    chmodSync(path, 0o644);
    assert.throws(
      () => orgs.org(simulator.domain),
      (error) => isUnknown(error, true) && /can be read by others .* chmod 600/.test(error.message),
    );
    chmodSync(path, 0o600);
    assert.equal((await readUsers()).items.length, 5);
  });

  it('stay those of the environment while the directory changes', async () => {
    const token = files.write('token', 'the-old-one');
    files.write('b.okta.com.json', { domain: 'b.okta.com', token: 'b' });
    configure({
      OKTA_DOMAIN: simulator.domain,
      OKTA_API_TOKEN_FILE: token,
      OKTA_CREDENTIALS_DIR: files.path(''),
    });
    assert.throws(() => orgs.org(undefined), /several orgs are configured/);
    rmSync(files.path('b.okta.com.json'));
    rmSync(token);
    assert.throws(() => orgs.org('b.okta.com'), UNKNOWN);
    assert.equal(orgs.org(undefined).domain, simulator.domain);
    assert.equal((await readUsers()).items.length, 5);
  });

  it('name the error of a file that was meant to be added', () => {
    files.write(`${simulator.domain}.json`, { domain: simulator.domain, token: 'the-old-one' });
    configure({ OKTA_CREDENTIALS_DIR: files.path('') });
    files.write('b.okta.com.json', 'a-secret-and-no-json');
    assert.throws(
      () => orgs.org('b.okta.com'),
      (error) =>
        isUnknown(error, false) &&
        /b\.okta\.com\.json is not JSON/.test(error.message) &&
        !error.message.includes('a-secret'),
    );
  });
});
