import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { reportsDoc } from '../../scripts/reports-doc';
import { CODES } from '../../src/codes';

const PAGE = readFileSync('docs/reports.md', 'utf8');

/** The codes of the page, by the heading that they are under. */
const [WARNINGS = [], FAILURES = []] = PAGE.split(/^## Failure codes$/m).map((part) =>
  [...part.matchAll(/^### (\w+)$/gm)].map(([, code = '']) => code),
);

describe('The page about reports', () => {
  it('has every code of src/codes.ts as it is there; npm run docs updates it', async () =>
    assert.equal(PAGE, await reportsDoc()));

  it('has each code once, as a warning or as a failure', () => {
    assert.deepEqual([...WARNINGS, ...FAILURES].sort(), Object.keys(CODES).sort());
    assert.ok(WARNINGS.includes('KEPT_UNPROVEN') && !FAILURES.includes('KEPT_UNPROVEN'));
    assert.ok(FAILURES.includes('GRAPH_CONFLICT') && !WARNINGS.includes('GRAPH_CONFLICT'));
  });

  it('marks a warning that makes the outcome partial, and what is retried', () => {
    assert.match(PAGE, /^### GROUP_FAILED\n\n.*\. `partial` `will retry`$/m);
    assert.match(PAGE, /^### MISSING_EMAIL\n\n.*\. `informational`$/m);
    assert.match(PAGE, /^### OKTA_TIMEOUT\n\n.*\. `retried` `will retry`$/m);
  });

  it('shows commands, variables and addresses as such', () => {
    assert.match(PAGE, /run: `okta-graph rename-org OLD NEW`\. See \[Move an org/);
    assert.match(PAGE, /Check `OKTA_DOMAIN`, .* and <https:\/\/status\.okta\.com>\.$/m);
  });
});
