import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadConfig, type Environment } from '../../src/config';
import { loadConsoleSettings } from '../../src/console/settings';

const REQUIRED: Environment = {
  OKTA_DOMAIN: 'acme.okta.com',
  OKTA_API_TOKEN: '00token',
  NEO4J_PASSWORD: 'a password',
};

interface Row {
  variable: string;
  default: string;
}

/** The rows of the page's tables. */
const ROWS: readonly Row[] = [
  ...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z0-9_…]+)` *\| *([^|]*?) *\|/gm),
].map(([, variable = '', byDefault = '']) => ({ variable, default: byDefault }));

const NAMES = ROWS.map(({ variable }) => variable);

describe('docs/configuration.md', () => {
  it('has each variable that src/config.ts and the console read, once', () => {
    const source = ['src/config.ts', 'src/console/settings.ts']
      .map((path) => readFileSync(path, 'utf8'))
      .join();
    const read = new Set(
      source.match(/\b(?:OKTA|SYNC|HISTORY|NEO4J|METRICS|HEALTH|SHOW|CONSOLE)(?:_[A-Z0-9]+)+\b/g),
    );
    const variables = [...read].filter((name) => !name.endsWith('_FILE') && !CONSTANTS.has(name));
    assert.ok(variables.length > 25, `${variables.length} variables were found`);
    assert.deepEqual(
      variables.filter((name) => !NAMES.includes(name)),
      [],
    );
    assert.deepEqual(
      NAMES.filter((name, at) => NAMES.indexOf(name) !== at),
      [],
    );
  });

  it('has each variable of .env.example', () => {
    const example = readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z0-9_]+)=/gm);
    const missing = [...example]
      .map(([, name = '']) => name)
      .filter((name) => !NAMES.includes(documentedAs(name)));
    assert.deepEqual(missing, []);
  });

  for (const { variable, default: stated } of ROWS) {
    const value = /^`([^`]*)`$/.exec(stated)?.[1];
    if (value === undefined || variable === 'CONTAINER_USER') continue;
    it(`states the default of ${variable}: ${value}`, () => {
      const load = variable.startsWith('CONSOLE_') ? loadConsoleSettings : loadConfig;
      assert.deepEqual(plain(load({ ...REQUIRED, [variable]: value })), plain(load(REQUIRED)));
    });
  }

  it('calls each variable required that is', () => {
    for (const name of ['OKTA_DOMAIN', 'OKTA_API_TOKEN', 'NEO4J_PASSWORD']) {
      assert.match(ROWS.find(({ variable }) => variable === name)?.default ?? '', /^required/);
      assert.throws(() => loadConfig({ ...REQUIRED, [name]: undefined }), new RegExp(name));
    }
  });
});

/** Names in the source that are no variables of the environment. */
const CONSTANTS = new Set(['OKTA_SECRETS', 'OKTA_NAMES', 'OKTA_VARIABLES']);

function documentedAs(name: string): string {
  return name.startsWith('TEMPORAL_TLS_') ? 'TEMPORAL_TLS_…' : name;
}

/** What can be compared: functions are left out. */
function plain(config: object): unknown {
  return JSON.parse(JSON.stringify(config));
}
