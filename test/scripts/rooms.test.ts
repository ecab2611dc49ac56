import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, moduleOf } from '../../scripts/testFiles';

const FILES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => join('src', name));

/** The folder of a file, or its name where it is in none; a file and a folder of one name are one room. */
function roomOf(file: string): string {
  const [, first = ''] = file.replace(/\.tsx?$/, '').split('/');
  return first;
}

/** Files that a file imports something of, if only types. */
const importsOf = cached((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|^import|import\() ?'(\.[^']*?)(?:\.js)?'/gm)].flatMap(
    ([, name = '']) => moduleOf(file, name),
  ),
);

/** Those, what they import, and so on. */
function reachedFrom(file: string, found = new Set<string>()): ReadonlySet<string> {
  for (const each of importsOf(file)) {
    if (found.has(each)) continue;
    found.add(each);
    reachedFrom(each, found);
  }
  return found;
}

/** Rooms in the order of ARCHITECTURE.md, each with those that it says a room imports. */
const STATED = new Map(
  [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/^- \*\*`src\/(\w+).*Imports: (.+)\.$/gm)].map(
    ([, room = '', imports = '']) => [room, imports === 'nothing' ? [] : imports.split(', ')],
  ),
);

describe('The folders of src', () => {
  it('are all in ARCHITECTURE.md', () => {
    assert.deepEqual([...new Set(FILES.map(roomOf))].sort(), [...STATED.keys()].sort());
  });

  for (const [room, stated] of STATED)
    it(`import what ARCHITECTURE.md says of ${room}, and nothing else`, () => {
      const own = FILES.filter((file) => roomOf(file) === room);
      const imported = new Set(own.flatMap(importsOf).map(roomOf));
      imported.delete(room);
      assert.deepEqual([...imported].sort(), [...stated].sort());
    });

  it('import only what is above them in that list, so that no import leads back', () => {
    const order = [...STATED.keys()];
    const back = [...STATED].flatMap(([room, stated]) =>
      stated.filter((each) => order.indexOf(each) >= order.indexOf(room)).map((each) => `${room} -> ${each}`),
    );
    assert.deepEqual(back, []);
  });

  it('have no files that import each other', () => {
    assert.deepEqual(
      FILES.filter((file) => reachedFrom(file).has(file)),
      [],
    );
  });
});
