/** Line breaks and the characters that separate cells in some locale, or in a program that ignores quotes. */
const SEPARATORS = String.raw`[,;\t\r\n]`;

/** Spaces, quotes and invisible characters that a spreadsheet may skip before a formula. */
const SKIPPED = String.raw`(?:(?![\t\r\n])[\p{Z}\p{Cc}\p{Cf}"])*`;

/** Characters that start a formula in a spreadsheet, including their full-width forms. */
const TRIGGERS = String.raw`[=+\-@\t\r＝＋－＠]`;

/** A text that ends with a separator is escaped too, because the text after it in the file would start the next cell. */
const UNSAFE = new RegExp(
  `(?<=^|${SEPARATORS})${SKIPPED}'*(?=${TRIGGERS})|(?<=${SEPARATORS})${SKIPPED}'*$`,
  'gu',
);

const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;

/**
 * Formats one line of CSV (RFC 4180). Names in Okta are user input, so a text that a spreadsheet would evaluate as a
 * formula gets an apostrophe in front of the formula. A spreadsheet whose locale separates cells by semicolons or tabs
 * also splits cells there, so the same applies after every `,`, `;`, tab and line break within a text. Removing one
 * apostrophe at each of these places restores the text. A negative number is not escaped except in the first cell: in a
 * locale with a decimal comma, the text of the next cell would become part of the number.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string, index: number): string {
  const safe = index > 0 && NEGATIVE_NUMBER.test(text) ? text : text.replace(UNSAFE, "$&'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
