import assert from 'node:assert/strict';
import { asCalled, calledAs } from '../../src/cli/calledAs';
import { Sink } from '../../dev/lab/sink';

describe('Hints of the command line', () => {
  const COMMANDS = ['check', 'run', 'start', 'worker'];
  const written = (environment: Record<string, string>, text: string) => {
    const sink = new Sink();
    asCalled(sink, calledAs(environment), COMMANDS).write(text);
    return sink.text;
  };
  const HINT = 'Start it (`okta-graph start`, okta-graph worker), then: okta-graph run --wait\n';

  it('name the program as it was called', () => {
    assert.equal(written({}, HINT), HINT);
    assert.equal(written({ npm_lifecycle_event: 'client', npm_package_name: 'mine' }, HINT), HINT);
    assert.equal(
      written({ npm_lifecycle_event: 'npx' }, HINT),
      'Start it (`npx okta-graph start`, npx okta-graph worker), then: npx okta-graph run --wait\n',
    );
    for (const script of ['client', 'start'])
      assert.equal(
        written({ npm_lifecycle_event: script, npm_package_name: 'okta-graph' }, HINT),
        'Start it (`npm start`, npm run worker), then: npm run client -- run --wait\n',
      );
  });

  it('are nothing but the name of a command after that of the program', () => {
    const text = 'okta-graph runs on Node, okta-graph-run, a group named okta-graph admins\n';
    assert.equal(written({ npm_lifecycle_event: 'client', npm_package_name: 'okta-graph' }, text), text);
  });
});
