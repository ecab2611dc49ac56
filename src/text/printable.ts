/**
 * Makes untrusted text safe for a terminal. Names in Okta are user input, and control or text-direction characters in
 * them could change what the screen shows.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

const MAX_BRIEF = 100;

/** Makes user input safe and short enough, at most {@link MAX_BRIEF} characters, to be quoted in a message. */
export function brief(text: string): string {
  const shown = printable(text);
  return shown.length <= MAX_BRIEF ? shown : `${shown.slice(0, MAX_BRIEF).toWellFormed()}…`;
}

/** Matches any character that is not white space, a control character or invisible, such as a zero-width space. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Control}\u2800]/u;

/** Returns true if a text has at least one visible character. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
