/**
 * Text from elsewhere, made safe for a terminal: names in Okta are anyone's to choose, and control or direction
 * characters in them could rewrite what the screen shows.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
