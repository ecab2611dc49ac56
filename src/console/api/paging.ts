import { z } from '@hono/zod-openapi';
import { Problem } from './problem';

const MAX_LIMIT = 1_000;

/** The query parameter for the size of a page. */
export const limit = z
  .string()
  .regex(/^\d{1,9}$/, 'not a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_LIMIT))
  .default(100)
  .openapi({
    ...{ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: 100 },
    description: 'Maximum number of items on the page.',
  });

/** The query parameters of a list. */
export const paging = {
  limit,
  after: z
    .string()
    .max(2_000)
    .optional()
    .describe('`next` of the page before; the first page if absent. Its text has no meaning for clients.'),
};

/** The rest of a page. */
export const next = z.string().nullable().describe('Pass it as `after` for the next page; null on the last.');

/** Builds the text of a cursor. */
export function cursorOf(...parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * Reads a cursor.
 *
 * @throws Problem if it is not one of this list.
 */
export function readCursor<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data;
  throw new Problem('invalid-request', 'after is not the next of a page of this list.');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** A whole number in a cursor that Neo4j's integers and `SKIP` accept. */
export const cursorNumber = z.int().min(0).max(1_000_000_000);
