import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvLine } from '../../src/text/csv';

describe('csvLine', () => {
  const ROWS: readonly [what: string, cell: string, line: string][] = [
    ['plain text', 'Ada', 'Ada'],
    ['nothing', '', ''],
    ['a comma', 'Lovelace, Ada', '"Lovelace, Ada"'],
    ['quotes', 'the "first"', '"the ""first"""'],
    ['a line break', 'two\nlines', '"two\nlines"'],
    ['a formula', '=HYPERLINK("http://evil")', '"\'=HYPERLINK(""http://evil"")"'],
    ['a plus', '+1', "'+1"],
    ['a minus', '-1+1', "'-1+1"],
    ['an at sign', '@SUM(A1)', "'@SUM(A1)"],
    ['a tab in front', '\t=1', "'\t'=1"],
    ['a carriage return in front', '\r=1', '"\'\r\'=1"'],
    ['a wide equals sign', '＝1+1', "'＝1+1"],
    ['an equals sign within', 'a=b', 'a=b'],
    ['a hyphen within', 'Smith-Jones; well-known', 'Smith-Jones; well-known'],
    ['a negative number', '-5', '-5'],
    ['a negative fraction', '-0.250', '-0.250'],
    ['a formula after a semicolon', 'a;=1', "a;'=1"],
    ['a formula after a semicolon and a space', 'a; =1', "a; '=1"],
    ['a formula after a tab', 'a\t+1', "a\t'+1"],
    ['a formula after a line feed', 'a\n-1', '"a\n\'-1"'],
    ['a formula after a carriage return', 'a\r@x', '"a\r\'@x"'],
    ['a formula after a quote', 'a;"=1', '"a;""\'=1"'],
    ['a formula after a space', ' =1', " '=1"],
    ['a formula after a comma', 'a, =1', '"a, \'=1"'],
    ['a wide plus after a semicolon', 'a;＋1', "a;'＋1"],
    ['a semicolon at its end', 'a;', "a;'"],
    ['an apostrophe before a formula', "'=1", "''=1"],
    ['an apostrophe elsewhere', "O'Brien", "O'Brien"],
  ];
  for (const [what, cell, line] of ROWS) {
    it(`encodes ${what}`, () => assert.equal(csvLine(['x', cell]), `x,${line}\r\n`));
  }

  it('escapes a negative number in the first cell, which could continue in the next one in a locale with a decimal comma', () =>
    assert.equal(csvLine(['-5', '2+A1']), "'-5,2+A1\r\n"));

  /** Texts made of characters that matter to a spreadsheet. */
  const texts = fc
    .array(fc.constantFrom(...'=+-@＝＋－＠;,"\'\t\r\n \u00a0\u200b5a'), { maxLength: 8 })
    .map((characters) => characters.join(''));
  const rows = fc.array(fc.array(fc.oneof(texts, fc.string()), { minLength: 1, maxLength: 4 }), {
    maxLength: 4,
  });

  for (const separator of [',', ';', '\t']) {
    for (const knowsQuotes of [true, false]) {
      it(`starts no formula when cells are separated by ${JSON.stringify(separator)} and quotes are ${knowsQuotes ? 'interpreted' : 'ignored'}`, () => {
        const read = knowsQuotes ? cellsWithQuotes : cellsWithoutQuotes;
        fc.assert(
          fc.property(rows, (lines) => {
            const cells = read(lines.map(csvLine).join(''), separator);
            assert.ok(cells.length >= lines.length, 'each line has at least one cell');
            for (const cell of cells)
              if (!/^-\d+(\.\d+)?$/.test(cell))
                assert.doesNotMatch(cell, /^([\t\r]|[\s\u200b"]*[=+\-@＝＋－＠])/, JSON.stringify(cell));
          }),
          { numRuns: 3_000 },
        );
      });
    }
  }

  it('can be decoded by removing one apostrophe in front of each formula and at the end', () => {
    const mark = /((?:^|(?<=[,;\t\r\n]))(?:(?![\t\r\n])[\p{Z}\p{Cc}\p{Cf}"])*'*)'(?=[=+\-@\t\r＝＋－＠])/gu;
    const atEnd = /(?<=[,;\t\r\n])((?:(?![\t\r\n])[\p{Z}\p{Cc}\p{Cf}"])*'*)'$/u;
    fc.assert(
      fc.property(fc.array(fc.oneof(texts, fc.string()), { minLength: 1, maxLength: 4 }), (texts) => {
        const cells = cellsWithQuotes(csvLine(texts), ',');
        assert.deepEqual(
          cells.map((cell) => cell.replace(mark, '$1').replace(atEnd, '$1')),
          texts,
        );
      }),
      { numRuns: 3_000 },
    );
  });
});

/** Splits a file into cells as a spreadsheet of some locale does: quotes are interpreted at the beginning of a cell. */
function cellsWithQuotes(file: string, separator: string): string[] {
  const cells: string[] = [];
  let position = 0;
  while (position < file.length) {
    let cell = '';
    if (file[position] === '"') {
      const quoted = /"((?:[^"]|"")*)("|$)/y;
      quoted.lastIndex = position;
      const [whole = '', content = ''] = quoted.exec(file) ?? [];
      cell = content.replaceAll('""', '"');
      position += whole.length;
    }
    while (position < file.length && file[position] !== separator && !file.startsWith('\r\n', position)) {
      if (file[position] === '\n' || file[position] === '\r') break;
      cell += file[position];
      position += 1;
    }
    position += file.startsWith('\r\n', position) ? 2 : 1;
    cells.push(cell);
  }
  return cells;
}

/** Splits a file into cells at every separator and line break, ignoring quotes. */
function cellsWithoutQuotes(file: string, separator: string): string[] {
  return file.split(/\r\n|\n/).flatMap((line) => line.split(separator));
}
