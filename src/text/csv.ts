/** What separates cells in some locale, or for a program that does not know quotes, and line breaks. */
const SEPARATORS = String.raw`[,;\t\r\n]`;

/** Spaces, quotes and invisible characters that a spreadsheet may skip before a formula. */
const SKIPPED = String.raw`(?:(?![\t\r\n])[\p{Z}\p{Cc}\p{Cf}"])*`;

/** What a spreadsheet takes for the beginning of a formula, also in full width. */
const TRIGGERS = String.raw`[=+\-@\t\r＝＋－＠]`;

/** A text that ends with a separator is marked too: what follows it in the file would begin the next cell. */
const UNSAFE = new RegExp(
  `(?<=^|${SEPARATORS})${SKIPPED}'*(?=${TRIGGERS})|(?<=${SEPARATORS})${SKIPPED}'*$`,
  'gu',
);

const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;

/**
 * One line of CSV (RFC 4180). Anyone can choose a name in Okta, so a text that a spreadsheet would take for a formula
 * gets an apostrophe in front of the formula. A spreadsheet whose locale separates cells by semicolons or tabs also
 * splits our cells there, so the same holds after every `,`, `;`, tab and line break within a text. One apostrophe less
 * at each of these places is the text again. A negative number stays as it is, but not in the first cell: where the
 * comma is a decimal sign, the text of the next cell would be a part of it.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string, index: number): string {
  const safe = index > 0 && NEGATIVE_NUMBER.test(text) ? text : text.replace(UNSAFE, "$&'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
