import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { configurationDoc } from '../../scripts/configuration-doc';
import { loadConfig, type Environment } from '../../src/config';
import { VARIABLES } from '../../src/config/variables';
import { CONSOLE_VARIABLES, loadConsoleSettings } from '../../src/console/settings';

const REQUIRED: Environment = {
  OKTA_DOMAIN: 'acme.okta.com',
  OKTA_API_TOKEN: '00token',
  NEO4J_PASSWORD: 'a password',
};

interface Row {
  variable: string;
  default: string;
}

const PAGE = readFileSync('docs/configuration.md', 'utf8');

/** The rows of the page's tables. */
const ROWS: readonly Row[] = [...PAGE.matchAll(/^\| `([A-Z0-9_…]+)` *\| *([^|]*?) *\|/gm)].map(
  ([, variable = '', byDefault = '']) => ({ variable, default: byDefault }),
);

const NAMES = ROWS.map(({ variable }) => variable);

describe('docs/configuration.md', () => {
  it('has the variables as their parsers describe them; npm run docs updates it', async () =>
    assert.equal(PAGE, await configurationDoc()));

  it('has each variable that is parsed or read by its name, once, and its meaning', () => {
    const parsed = Object.entries({ ...VARIABLES.shape, ...CONSOLE_VARIABLES.shape });
    const source = readFileSync('src/config.ts', 'utf8') + readFileSync('src/console/settings.ts', 'utf8');
    const read = source.match(/\b(?:OKTA|SYNC|HISTORY|NEO4J|METRICS|HEALTH|SHOW|CONSOLE)(?:_[A-Z0-9]+)+\b/g);
    const variables = [...parsed.map(([name]) => name), ...(read ?? [])].filter(
      (name) => !name.endsWith('_FILE') && !CONSTANTS.has(name),
    );
    assert.ok(new Set(variables).size > 30, `${variables.length} variables were found`);
    assert.deepEqual(
      variables.filter((name) => !NAMES.includes(name)),
      [],
    );
    assert.deepEqual(
      NAMES.filter((name, at) => NAMES.indexOf(name) !== at),
      [],
    );
    assert.deepEqual(
      parsed.filter(([, { description = '' }]) => description === '').map(([name]) => name),
      [],
    );
  });

  it('has each variable of .env.example and docker-compose.yml', () => {
    const example = readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z0-9_]+)=/gm);
    const compose = readFileSync('docker-compose.yml', 'utf8');
    const { services } = parse(compose, { merge: true }) as {
      services: { worker: { environment: Environment } };
    };
    const used = [
      ...[...example, ...compose.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name = '']) => name),
      ...Object.keys(services.worker.environment),
    ];
    for (const name of ['SYNC_INTERVAL', 'CONTAINER_USER', 'NEO4J_PASSWORD_FILE'])
      assert.ok(used.includes(name));
    assert.deepEqual(
      used.filter((name) => !PAGE.includes(`\`${documentedAs(name)}\``)),
      [],
    );
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
const CONSTANTS = new Set(['OKTA_SECRETS', 'OKTA_NAMES', 'OKTA_VARIABLES', 'CONSOLE_VARIABLES']);

function documentedAs(name: string): string {
  return name.startsWith('TEMPORAL_TLS_') ? 'TEMPORAL_TLS_…' : name;
}

/** What can be compared: functions are left out. */
function plain(config: object): unknown {
  return JSON.parse(JSON.stringify(config));
}
