import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, type Environment } from '../../src/config';
import { configFor } from '../../dev/lab/configFor';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';
import { RECEIVER_KEY } from '../../dev/lab/servers/receiver';

const PATH = 'T0/B0/secretPathOfTheReceiver';
const URL = `https://hooks.acme.com/${PATH}`;
const LEAST = { NOTIFY_URL: URL, NOTIFY_SECRET: RECEIVER_KEY };

const read = (environment: Environment) => configFor({ ...LEAST, ...environment }).notify;

function faultsOf(environment: Environment): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
  return [];
}

describe('The settings of notifications', () => {
  it('are absent without a receiver', () => {
    assert.equal(read({ NOTIFY_URL: '', NOTIFY_SECRET: '' }), undefined);
  });

  it('send everything, with IDs only, as signed JSON by default', () => {
    const { url, secret, ...rest } = read({}) ?? assert.fail();
    assert.deepEqual([url.reveal(), secret?.reveal()], [URL, RECEIVER_KEY]);
    assert.deepEqual(rest, {
      host: 'hooks.acme.com',
      format: 'json',
      withNames: false,
      about: ['changes', 'groups', 'admins', 'withheld', 'failures'],
    });
  });

  it('take names, groups, a format and reasons', () => {
    const settings = read({
      NOTIFY_FORMAT: 'slack',
      NOTIFY_GROUPS: 'Eng*, !*-test',
      NOTIFY_NAMES: 'TRUE',
      NOTIFY_ABOUT: 'failures, groups',
      CONSOLE_ORIGIN: 'https://graph.acme.com/',
    });
    assert.deepEqual(
      [settings?.format, settings?.groups, settings?.withNames, settings?.about, settings?.consoleOrigin],
      [
        'slack',
        { included: ['Eng*'], excluded: ['*-test'] },
        true,
        ['groups', 'failures'],
        'https://graph.acme.com',
      ],
    );
  });

  it('may be http on this machine only', () => {
    for (const url of ['http://127.0.0.1:9000/a', 'http://localhost/', 'http://[::1]:9000/'])
      assert.equal(read({ NOTIFY_URL: url })?.url.reveal(), url);
  });

  it('need a key for JSON, and none for Slack', () => {
    const [fault, ...others] = faultsOf({ NOTIFY_SECRET: '' });
    assert.deepEqual(others, []);
    assert.match(fault ?? '', /^NOTIFY_SECRET is required with NOTIFY_URL, .*openssl rand -base64 32/);
    const slack = { NOTIFY_URL: 'https://hooks.slack.com/services/1', NOTIFY_SECRET: '' };
    assert.equal(read(slack)?.secret, undefined);
  });

  it('need history for the groups', () => {
    const environment = { NOTIFY_GROUPS: 'Eng*', HISTORY_RETENTION: '0' };
    assert.deepEqual(faultsOf(environment), [
      'NOTIFY_GROUPS needs history, which tells what a run has changed: set HISTORY_RETENTION to 1d or more',
    ]);
  });

  it('warn of what has no effect without a receiver', () => {
    const { warnings } = configFor({ NOTIFY_GROUPS: 'Eng*', NOTIFY_FORMAT: 'json' });
    assert.ok(
      warnings.includes(
        'NOTIFY_FORMAT and NOTIFY_GROUPS have no effect here: NOTIFY_URL is not set, so this process sends no notifications.',
      ),
    );
  });

  const folder = temporaryFolder();

  it('are read from files too', () => {
    const write = (name: string, text: string) => {
      const file = join(folder.path, name);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    };
    const { notify } = configFor({
      NOTIFY_URL_FILE: write('url', `${URL}\n`),
      NOTIFY_SECRET_FILE: write('secret', `${RECEIVER_KEY}\n`),
    });
    assert.deepEqual([notify?.url.reveal(), notify?.secret?.reveal()], [URL, RECEIVER_KEY]);
  });

  it('print neither the URL nor the key, in errors neither', () => {
    const config = configFor(LEAST);
    for (const text of [JSON.stringify(config), inspect(config, { depth: 9 }), String(config.notify?.url)]) {
      assert.ok(!text.includes(PATH));
      assert.ok(!text.includes(RECEIVER_KEY.slice(6)));
    }
    const faults = faultsOf({
      NOTIFY_URL: `ftp://hooks.acme.com/${PATH}`,
      NOTIFY_SECRET: 'whsec_notBase64!',
    });
    assert.equal(faults.length, 2);
    assert.doesNotMatch(faults.join('\n'), /secretPath|notBase64/);
  });
});
