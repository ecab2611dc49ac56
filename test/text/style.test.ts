import assert from 'node:assert/strict';
import { paintOutcome, PLAIN, styleOf, type TextStyle } from '../../src/text/style';
import { renderFields, renderTable } from '../../src/text/table';

const GREEN = '\x1b[32msucceeded\x1b[39m';

/** A terminal as Node.js shows it. */
const terminal = (columns: number, isColored = true) =>
  ({ isTTY: true, columns, hasColors: () => isColored }) as unknown as NodeJS.WritableStream;

const narrow = (columns: number): TextStyle => ({ ...PLAIN, columns });

describe('Text for a terminal', () => {
  it('has colors and the width of the terminal', () => {
    const style = styleOf(terminal(80));
    assert.equal(style.columns, 80);
    assert.equal(paintOutcome('succeeded', style), GREEN);
    assert.equal(paintOutcome('running', style), 'running');
  });

  it('has no colors where Node.js says that the terminal has none, as with NO_COLOR', () => {
    const style = styleOf(terminal(80, false));
    assert.deepEqual([style.columns, paintOutcome('succeeded', style)], [80, 'succeeded']);
  });

  it('is as long as it likes on a terminal that does not say how wide it is', () => {
    assert.equal(styleOf(terminal(0)).columns, undefined);
  });

  it('is plain in a pipe or a file', () => {
    const style = styleOf({ columns: 80, hasColors: () => true } as unknown as NodeJS.WritableStream);
    assert.equal(style, PLAIN);
  });

  it('fits the terminal: the widest columns are wrapped, and no word is lost', () => {
    const head = ['name', 'reason'];
    const rows = [
      ['Everyone', 'A long reason of many words that has no place in a single line of a narrow terminal'],
      ['a.very.long.login.without.any.space@subsidiary.example.com', 'short'],
    ];
    const wide = renderTable(head, rows);
    for (const columns of [40, 60, 80]) {
      const text = renderTable(head, rows, { style: narrow(columns) });
      assert.ok(
        text.split('\n').every((line) => line.length <= columns),
        `a line is longer than ${columns}:\n${text}`,
      );
      const lettersOf = (table: string) => [...table.replace(/\s/g, '')].sort().join('');
      assert.equal(lettersOf(text), lettersOf(wide), `something is lost at ${columns}:\n${text}`);
    }
  });

  it('keeps every character of names that take two columns each', () => {
    const name = '財務部門の非常に長いグループ名称テスト用財務部門グループ';
    const text = renderFields([[name, name]], narrow(40));
    assert.deepEqual([...text.replace(/\s/g, '')].sort(), [...name, ...name].sort());
    assert.ok(!text.includes('…'), text);
  });

  it('has a block for each row if the columns cannot stand side by side', () => {
    const head = ['one', 'two', 'three', 'four', 'five', 'six'].map((each) => `${each} column`);
    const row = head.map((each) => `${each} ${'x'.repeat(10)}`);
    const text = renderTable(head, [row, row], { style: narrow(40) });
    assert.equal(text.match(/^ {2}six column /gm)?.length, 2, text);
    assert.ok(
      text.split('\n').every((line) => line.length <= 40),
      text,
    );
  });

  it('never breaks a color', () => {
    const style = { ...PLAIN, columns: 24 };
    const text = renderFields([['last run', `#12 ${GREEN} 2h ago (full, run ${'0'.repeat(36)})`]], style);
    assert.ok(text.includes(GREEN), text);
  });

  it('is as it would be in a pipe if the terminal is wide enough', () => {
    const fields = [
      ['schedule', 'every 2h'],
      ['last run', '#12 succeeded'],
    ];
    assert.equal(renderFields(fields, narrow(200)), renderFields(fields));
  });

  it('measures colored words without their colors', () => {
    const rows = [[GREEN, 'x'.repeat(60)]];
    assert.equal(renderFields(rows, { ...PLAIN, columns: 73 }).includes('\n'), false);
  });
});
