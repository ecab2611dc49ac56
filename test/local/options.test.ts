import assert from 'node:assert/strict';
import { parseOptions } from '../../src/local/options';

describe('The options of npm start', () => {
  it('are 2,000 users in 200 groups, until stopped', () => {
    assert.deepEqual(parseOptions([]), { users: 2_000, groups: 200, once: false, sized: false });
  });

  it('know whether the size was asked for', () => {
    assert.deepEqual(parseOptions(['--users', '50', '--once']), {
      users: 50,
      groups: 200,
      once: true,
      sized: true,
    });
  });
});
