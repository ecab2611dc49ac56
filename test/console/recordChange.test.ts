import assert from 'node:assert/strict';
import type { Context } from 'hono';
import type { ConsoleEnv, Services } from '../../src/console/env';
import { recordChange } from '../../src/console/recordChange';
import { useConsoleLog } from './support/consoleLog';

describe('A settings change', () => {
  const stderr = useConsoleLog();

  it('is logged with the org and the reason if the graph cannot record it', async () => {
    const db = { run: () => Promise.reject(new Error('No routing servers')) };
    const c = { get: () => ({ name: 'Ada', role: 'admin' }) } as unknown as Context<ConsoleEnv>;
    await recordChange({ db } as unknown as Services, c, 'acme.okta.com', 'schedule paused');
    assert.equal(
      stderr.text,
      'schedule paused\nThis change could not be recorded in the graph: No routing servers\n',
    );
  });
});
