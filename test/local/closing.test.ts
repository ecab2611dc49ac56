import assert from 'node:assert/strict';
import { addresses } from '../../src/local/closing';
import { configFor } from '../../dev/lab/configFor';

const NEO4J = { uri: 'bolt://127.0.0.1:1', username: 'neo4j', password: 'a-password' };
const stop = () => Promise.resolve();

describe('The output of npm start when everything runs', () => {
  const config = configFor({});
  const lines = (text: string) => text.split('\n').map((line) => line.trim().replace(/\s{2,}/g, '  '));

  it('has the addresses and logins of local parts', () => {
    const parts = {
      stop,
      temporalUi: 'http://127.0.0.1:8233',
      neo4j: NEO4J,
      neo4jBrowser: 'http://127.0.0.1:7474/browser/',
    };
    assert.deepEqual(lines(addresses(parts, config, 'http://127.0.0.1:8080')), [
      'Console  http://127.0.0.1:8080',
      'Temporal UI  http://127.0.0.1:8233  (no login)',
      'Neo4j Browser  http://127.0.0.1:7474/browser/',
      'connect to bolt://127.0.0.1:1, user neo4j, password a-password',
      'Worker log  .local/worker.log',
    ]);
  });

  it('has the addresses of remote parts, but not their passwords', () => {
    const shown = addresses({ stop }, config, undefined);
    assert.deepEqual(lines(shown), [
      'Temporal UI  not started here; Temporal is at 127.0.0.1:1',
      'Neo4j Browser  not started here; Neo4j is at bolt://127.0.0.1:1',
      'Worker log  .local/worker.log',
    ]);
  });
});
