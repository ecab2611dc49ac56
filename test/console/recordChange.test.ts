import assert from 'node:assert/strict';
import type { Services } from '../../src/console/env';
import { recordChange } from '../../src/console/recordChange';
import { useStderr } from './support/stderr';

describe('A settings change', () => {
  const stderr = useStderr();

  it('is logged with the org and the reason if the graph cannot record it', async () => {
    const db = { run: () => Promise.reject(new Error('No routing servers')) };
    await recordChange({ db } as unknown as Services, 'acme.okta.com', 'schedule paused');
    assert.equal(
      stderr.text,
      'A settings change of acme.okta.com could not be recorded in the graph: No routing servers\n',
    );
  });
});
