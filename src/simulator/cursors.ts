import { z } from 'zod';
import { OktaError } from './errors';

/** Where a page ended: a key, never an offset, so that changes elsewhere neither skip nor repeat anything. */
export interface Position {
  readonly index: number;
  /** What the list is sorted by, where it is not by age. */
  readonly sortKey?: string;
}

const CURSOR = z.tuple([z.string(), z.number().int(), z.number(), z.string().nullable()]);

/** @param list names the list, since a cursor is good for one list only. */
export function encodeCursor(list: string, position: Position, issuedAtMs: number): string {
  const fields = [list, position.index, issuedAtMs, position.sortKey ?? null];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** @throws OktaError, 400 E0000001, for a cursor of another list, an old one, or none. */
export function decodeCursor(cursor: string, list: string, nowMs: number, ttlMs: number | null): Position {
  const fields = CURSOR.safeParse(parse(Buffer.from(cursor, 'base64url').toString()));
  if (!fields.success || fields.data[0] !== list) throw invalidCursor('The cursor is not one of this list');
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
