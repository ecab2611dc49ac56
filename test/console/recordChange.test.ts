import assert from 'node:assert/strict';
import type { Services } from '../../src/console/env';
import { recordChange } from '../../src/console/recordChange';
import { useStderr } from './support/stderr';

describe('A change of settings', () => {
  const stderr = useStderr();

  it('holds when the graph cannot record it, which goes to the log with the org and the reason', async () => {
    const db = { run: () => Promise.reject(new Error('No routing servers')) };
    await recordChange({ db } as unknown as Services, 'acme.okta.com', 'schedule paused');
    assert.equal(
      stderr.text,
      'A change of settings of acme.okta.com is not in the graph: No routing servers\n',
    );
  });
});
