import assert from 'node:assert/strict';
import { cypherCuts } from '../../scripts/mutation/cypher';
import { mutantsOf, mutated } from '../../scripts/mutation/mutants';
import { probeAt, withProbes } from '../../scripts/mutation/probes';
import { withSwitches } from '../../scripts/mutation/switches';

const FILE = 'src/okta/sample.ts';
const SOURCE = `export const LIMIT = 3 + 1;
export function isNear(at: number, to: number): boolean {
  if (at > to) return false;
  return to - at < LIMIT && at !== 0;
}
`;

/** The change of the sample that makes `before` into `after`. */
function change(before: string, after: string) {
  const found = mutantsOf(FILE, SOURCE).filter((each) => each.before === before && each.after === after);
  assert.equal(found.length, 1, `${found.length} changes make ${before} into ${after}`);
  return found[0] as (typeof found)[number];
}

/** All changes of a query, as the text that is left. */
const queries = (text: string, rule: string) =>
  cypherCuts(text)
    .filter((cut) => cut.rule === rule)
    .map((cut) => text.slice(0, cut.start) + cut.with + text.slice(cut.end));

describe('The changes of a mutation run', () => {
  it('negate conditions, swap operators and remove guards, each once', () => {
    const changes = mutantsOf(FILE, SOURCE).map(({ rule, line }) => `${line} ${rule}`);
    assert.equal(new Set(mutantsOf(FILE, SOURCE).map(({ id }) => id)).size, changes.length);
    for (const expected of [
      '1 operator',
      '3 condition negated',
      '3 guard removed',
      '3 operator',
      '4 operator',
      '4 right side dropped',
      '4 left side dropped',
    ])
      assert.ok(changes.includes(expected), `${expected} is not among ${changes.join(', ')}`);
  });

  it('have the same id when lines above are added', () => {
    const { id } = change('>', '>=');
    assert.ok(mutantsOf(FILE, `// A comment.\n${SOURCE}`).some((each) => each.id === id));
  });

  it('are made in the text, and its lines keep their numbers', () => {
    const text = mutated(SOURCE, change('if (at > to) return false;', ''));
    assert.ok(!text.includes('at > to'), text);
    assert.equal(text.split('\n').length, SOURCE.split('\n').length);
  });

  it('can stand in one text, where the chosen one runs and the others do not', () => {
    const some = [change('>', '>='), change('!==', '==='), change('<', '<=')];
    const code = withSwitches(SOURCE, some).replace(/export |: number|: boolean/g, '');
    const isNear = new Function(`${code}; return isNear;`)() as (at: number, to: number) => boolean;
    const results = ['', ...some.map(({ id }) => id)].map((id) => {
      globalThis.activeMutant = id;
      return [isNear(2, 2), isNear(0, 1), isNear(1, 5)];
    });
    globalThis.activeMutant = undefined;
    assert.deepEqual(results, [
      [true, false, false],
      [false, false, false],
      [false, true, false],
      [true, false, true],
    ]);
  });

  it('are known to be reached by the statement that they stand in, or to run when the file is loaded', () => {
    const code = withProbes(FILE, SOURCE).replace(/export |: number|: boolean/g, '');
    const isNear = new Function(`${code}; return isNear;`)() as (at: number, to: number) => boolean;
    const reachedBy = (at: number, to: number) => {
      globalThis.reachedByTest = new Set();
      isNear(at, to);
      return [...globalThis.reachedByTest];
    };
    const probe = probeAt(FILE, SOURCE, change('<', '<=').start) ?? '';
    assert.ok(reachedBy(1, 2).includes(probe), 'a call that comes to the last line reaches it');
    assert.ok(!reachedBy(2, 1).includes(probe), 'a call that returns before does not');
    globalThis.reachedByTest = undefined;
    assert.equal(probeAt(FILE, SOURCE, change('+', '-').start), undefined);
  });
});

describe('The changes of a query', () => {
  const QUERY = 'MATCH (n:User) WHERE n.at > $at AND n.id IN $ids SET n.seen = $run, n.gone = null RETURN n';

  it('drop a condition, or one term of it', () => {
    assert.deepEqual(queries(QUERY, 'WHERE dropped'), [
      'MATCH (n:User) SET n.seen = $run, n.gone = null RETURN n',
    ]);
    assert.deepEqual(queries(QUERY, 'term dropped'), [
      'MATCH (n:User) WHERE n.at > $at SET n.seen = $run, n.gone = null RETURN n',
    ]);
  });

  it('drop each assignment', () => {
    assert.deepEqual(queries(QUERY, 'assignment dropped'), [
      'MATCH (n:User) WHERE n.at > $at AND n.id IN $ids SET  n.gone = null RETURN n',
      'MATCH (n:User) WHERE n.at > $at AND n.id IN $ids SET n.seen = $run RETURN n',
    ]);
  });

  it('negate a case and unwrap a default', () => {
    assert.deepEqual(queries('RETURN CASE WHEN a THEN b END', 'CASE negated'), [
      'RETURN CASE WHEN NOT  a THEN b END',
    ]);
    assert.deepEqual(queries('RETURN coalesce(n.a, 0) AS a', 'coalesce dropped'), ['RETURN n.a AS a']);
  });
});
