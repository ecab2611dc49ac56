/**
 * Text from elsewhere, made safe for a terminal: names in Okta are anyone's to choose, and control or direction
 * characters in them could rewrite what the screen shows.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

const MAX_BRIEF = 100;

/** What somebody typed, short and printable enough to be repeated in a message about it. */
export function brief(text: string): string {
  const shown = printable(text);
  return shown.length <= MAX_BRIEF ? shown : `${shown.slice(0, MAX_BRIEF).toWellFormed()}…`;
}

/** Neither white space nor one of the characters that draw nothing, such as a zero-width space. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Control}\u2800]/u;

/** Returns true if a text has a character that shows. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
