import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { Attempt } from '../../src/activities/context';

describe('an attempt that awaits a long statement', () => {
  before(() => mock.timers.enable({ apis: ['setInterval'] }));
  after(() => mock.timers.reset());

  it('sends heartbeats until it ends, with the details reached so far', async () => {
    const environment = new MockActivityEnvironment();
    const beats: unknown[] = [];
    environment.on('heartbeat', (details) => beats.push(details));
    await environment.run(async () => {
      const attempt = new Attempt<string>();
      attempt.reached('a place');
      let end: (row: string) => void = () => assert.fail();
      const awaited = attempt.during(new Promise<string>((resolve) => (end = resolve)));
      for (let beat = 0; beat < 3; beat += 1) mock.timers.tick(5_000);
      end('a row');
      assert.equal(await awaited, 'a row');
      mock.timers.tick(60_000);
    });
    assert.deepEqual(
      beats,
      Array.from({ length: 4 }, () => 'a place'),
    );
  });
});
