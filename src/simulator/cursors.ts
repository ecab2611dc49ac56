import { z } from 'zod';
import { OktaError } from './errors';

/** The end of a page, as a key and not an offset, so that other changes never skip or repeat items. */
export interface Position {
  readonly index: number;
  /** Sort key of the last item, unless the list is in order of creation. */
  readonly sortKey?: string;
}

const CURSOR = z.tuple([z.string(), z.number().int(), z.number(), z.string().nullable()]);

/** @param list name of the list; a cursor is only valid for one list. */
export function encodeCursor(list: string, position: Position, issuedAtMs: number): string {
  const fields = [list, position.index, issuedAtMs, position.sortKey ?? null];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** @throws OktaError, 400 E0000001, if the cursor is invalid, expired, or of another list. */
export function decodeCursor(cursor: string, list: string, nowMs: number, ttlMs: number | null): Position {
  const fields = CURSOR.safeParse(parse(Buffer.from(cursor, 'base64url').toString()));
  if (!fields.success || fields.data[0] !== list)
    throw invalidCursor('The cursor does not belong to this list');
  const [, index, issuedAtMs, sortKey] = fields.data;
  if (ttlMs !== null && nowMs - issuedAtMs > ttlMs) throw invalidCursor('The cursor has expired');
  return sortKey === null ? { index } : { index, sortKey };
}

function invalidCursor(cause: string): OktaError {
  return new OktaError(400, 'E0000001', 'Api validation failed: after', [cause]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
