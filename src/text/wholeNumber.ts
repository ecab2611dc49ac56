/** A whole number as people write it, of at most nine digits, which every part takes as an integer; undefined for any other text. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
