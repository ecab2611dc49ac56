import assert from 'node:assert/strict';
import { parseOptions } from '../../src/local/options';
import { Sink } from '../../dev/lab/sink';

describe('The options of npm start', () => {
  const io = { out: new Sink(), err: new Sink() };

  it('leave the size and the port to the latest org, and run until stopped', () => {
    assert.deepEqual(parseOptions([], io), {
      once: false,
      still: false,
      sized: false,
    });
  });

  it('show if the size or the port was given', () => {
    assert.deepEqual(parseOptions(['--users', '50', '--once'], io), {
      users: 50,
      once: true,
      still: false,
      sized: true,
    });
    assert.deepEqual(parseOptions(['--org-port', '9000'], io), {
      orgPort: 9_000,
      once: false,
      still: false,
      sized: true,
    });
  });
});
