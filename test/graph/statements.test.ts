import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { statementsOfSync } from '../../dev/lab/graph/statements';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';

describe('The statements of a sync', function () {
  this.timeout(SERVICE_TIMEOUT_MS);

  it('are those in docs/architecture/statements.cypher, which `npm run statements` writes', async () => {
    const sent = await statementsOfSync();
    assert.equal(sent, readFileSync('docs/architecture/statements.cypher', 'utf8'));
    assert.ok(sent.split(';\n').length > 60, 'each part of a run is seen');
  });
});
