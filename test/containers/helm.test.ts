import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config/variables';
import { CONSOLE_VARIABLES } from '../../src/console/settings';
import { ROOT } from './support/dockerfile';

const CHART = join(ROOT, 'deploy/helm/okta-graph');
const read = (name: string) => readFileSync(join(CHART, name), 'utf8');
const values = () => parse(read('values.yaml')) as Record<string, Record<string, unknown>>;

/** CI renders the chart with Helm, and validates what comes out. */
describe('The Helm chart', () => {
  const isValid = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(read('values.schema.json')) as object,
  );

  it('has values that its own schema allows', () => {
    assert.ok(isValid(values()), JSON.stringify(isValid.errors));
  });

  it('refuses a misspelled value, an address that cannot be right, and a variable in lower case', () => {
    for (const wrong of [
      { ...values(), workers: {} },
      { ...values(), neo4j: { ...values()['neo4j'], uri: 'http://neo4j' } },
      { ...values(), temporal: { ...values()['temporal'], address: 'temporal' } },
      { ...values(), console: { oidc: { issuer: 'http://acme.okta.com' } } },
      { ...values(), notify: { url: 'https://hooks.acme.com' } },
      { ...values(), env: { sync_interval: '2h' } },
      { ...values(), credentials: { files: { 'acme.okta.com': '{}' } } },
    ])
      assert.equal(isValid(wrong), false, JSON.stringify(wrong));
  });

  it('sets only variables that okta-graph has', () => {
    const templates = ['_helpers.tpl', 'console.yaml', 'worker.yaml']
      .map((name) => read(`templates/${name}`))
      .join('');
    const names = [...templates.matchAll(/^ *- name: ([A-Z][A-Z_0-9]+)$/gm)].map(([, name = '']) =>
      name.replace(/_FILE$/, ''),
    );
    assert.ok(names.length > 16, names.join(', '));
    for (const name of names) assert.ok(name in VARIABLES.shape || name in CONSOLE_VARIABLES.shape, name);
  });

  it('is of the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.equal((parse(read('Chart.yaml')) as { appVersion: string }).appVersion, version);
  });
});
