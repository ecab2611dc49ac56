import assert from 'node:assert/strict';
import { ATTACKS } from '../../attack/attacks';
import { install, type Installation } from '../../attack/installation';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import '../../dev/lab/servers/logs';

describe('An installation of the build holds against those who', () => {
  let installation: Installation;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    installation = await install();
  });
  after(() => installation.stop());

  for (const { title, run } of ATTACKS) {
    it(title, async () => {
      assert.deepEqual(await run(installation), []);
    }).timeout(SERVICE_TIMEOUT_MS);
  }
});
