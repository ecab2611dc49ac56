import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { MAC, NoBrowser, openBrowser } from '../../dev/lab/browser/chromium';
import { environmentVariables } from '../local/environmentVariables';

describe('Where there is no Chromium, and nobody may install one, the tests of the console in a browser', () => {
  environmentVariables(() => ({ PATH: '', CI: '' }));
  const isElsewhere = existsSync(MAC);

  it('are told why', async () => {
    if (isElsewhere) return;
    const browser = await openBrowser();
    assert.ok(browser instanceof NoBrowser, 'no browser can be found on an empty PATH');
    assert.match(browser.reason, /no Chromium here/);
  });

  it('fail where CI is set', async () => {
    if (isElsewhere) return;
    process.env['CI'] = 'true';
    await assert.rejects(
      openBrowser(),
      /^Error: CI is set, so a browser is required: there is no Chromium here/,
    );
  });
});
