import assert from 'node:assert/strict';
import { run } from '../../src/local/command';
import { serverEnvironment } from '../../src/local/childEnvironment';
import { environmentVariables } from '../../dev/lab/environmentVariables';

const PASSED_ON = { HTTPS_PROXY: 'http://proxy:1', PIP_INDEX_URL: 'https://pip', SSL_CERT_FILE: '/ca.pem' };
const KEPT = {
  OKTA_API_TOKEN: 'x',
  NEO4J_PASSWORD: 'x',
  TEMPORAL_API_KEY: 'x',
  CONSOLE_PASSWORD: 'x',
  GITHUB_TOKEN: 'x',
};

describe('The environment of child processes', () => {
  environmentVariables(() => ({ ...PASSED_ON, ...KEPT }));

  it('has only the variables that a tool needs to connect to its servers', async () => {
    const { stdout } = await run('env', []);
    const lines = stdout.split('\n');
    for (const [name, value] of Object.entries(PASSED_ON))
      assert.ok(lines.includes(`${name}=${value}`), name);
    assert.ok(lines.includes(`PATH=${process.env['PATH']}`));
    for (const name of Object.keys(KEPT)) assert.ok(!stdout.includes(`${name}=`), name);
  });

  it('does not have those for a server', () => {
    const environment = serverEnvironment();
    assert.equal(environment['PATH'], process.env['PATH']);
    for (const name of Object.keys({ ...PASSED_ON, ...KEPT })) assert.equal(environment[name], undefined);
  });
});
