import assert from 'node:assert/strict';
import { loadConsoleSettings } from '../../src/console/settings';
import { withConsoleLinks } from '../../src/local/consoleLinks';
import { configFor } from '../../dev/lab/configFor';
import { RECEIVER_KEY } from '../../dev/lab/servers/receiver';

const NOTIFIES = { NOTIFY_URL: 'https://hooks.acme.com/', NOTIFY_SECRET: RECEIVER_KEY };

describe('The worker of npm start', () => {
  const originFor = (environment: Record<string, string>) =>
    withConsoleLinks(configFor(environment), { ...loadConsoleSettings(environment), port: 8123 }).notify
      ?.consoleOrigin;

  it('sends links to the console that was started with it', () => {
    assert.equal(originFor(NOTIFIES), 'http://127.0.0.1:8123');
  });

  it('prefers the address that people open, and needs none if it sends nothing', () => {
    const origin = 'https://graph.acme.com';
    const signIn = { CONSOLE_ORIGIN: origin, CONSOLE_PASSWORD: 'a long password' };
    assert.equal(originFor({ ...NOTIFIES, ...signIn }), origin);
    assert.equal(originFor({}), undefined);
  });
});
