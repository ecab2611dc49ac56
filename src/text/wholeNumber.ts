/** Parses a non-negative integer of at most nine digits, which fits into 32 bits; undefined for any other text. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
