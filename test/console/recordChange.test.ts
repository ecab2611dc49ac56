import assert from 'node:assert/strict';
import type { Services } from '../../src/console/env';
import { recordChange } from '../../src/console/recordChange';
import { useConsoleLog } from './support/consoleLog';

describe('A settings change', () => {
  const stderr = useConsoleLog();

  it('is logged with the org and the reason if the graph cannot record it', async () => {
    const db = { run: () => Promise.reject(new Error('No routing servers')) };
    await recordChange({ db } as unknown as Services, 'acme.okta.com', 'schedule paused');
    assert.equal(
      stderr.text,
      'schedule paused\nThis change could not be recorded in the graph: No routing servers\n',
    );
  });
});
