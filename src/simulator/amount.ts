import { z } from 'zod';

/** A number, or a percentage such as `'5%'`. */
export const AMOUNT = z.union([z.number().int().nonnegative(), z.string().regex(/^\d+(\.\d+)?%$/)]);

export type Amount = z.infer<typeof AMOUNT> | undefined;

/**
 * Returns an amount as a number. A percentage is of `total`; without a value, it is `byDefault` or the share of
 * `total`.
 */
export function resolveAmount(
  wanted: Amount,
  total: number,
  share: number,
  byDefault = Math.round(total * share),
): number {
  if (wanted === undefined) return byDefault;
  if (typeof wanted === 'number') return wanted;
  return Math.round((total * Number(wanted.slice(0, -1))) / 100);
}
