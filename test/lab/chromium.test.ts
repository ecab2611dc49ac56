import assert from 'node:assert/strict';
import { NoBrowser, openBrowser } from '../../dev/lab/browser/chromium';
import { environmentVariables } from '../../dev/lab/environmentVariables';

describe('Where there is no Chromium, and nobody may install one, the tests of the console in a browser', () => {
  environmentVariables(() => ({ PATH: '', CI: '' }));

  it('get the reason', async () => {
    const browser = await openBrowser('/nowhere');
    assert.ok(browser instanceof NoBrowser, 'no browser can be found on an empty PATH');
    assert.match(browser.reason, /no Chromium here/);
  });

  it('fail where CI is set', async () => {
    process.env['CI'] = 'true';
    await assert.rejects(
      openBrowser('/nowhere'),
      /^Error: CI is set, so a browser is required: there is no Chromium here/,
    );
  });
});
