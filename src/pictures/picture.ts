import type { GraphDatabase } from '../graph/database';
import { integer } from '../graph/values';
import { boundParameters, type Asking } from '../queries/answer';
import type { Question } from '../queries/question';
import { drawingOf, type DrawnNode } from './drawing';
import { svgOf } from './svg';

/** Maximum number of rows in a picture; more would not be legible. */
export const MAX_ROWS = 300;

export interface Picture {
  svg: string;
  users: number;
  groups: number;
  /** True if there were more rows than a picture can show. */
  isCut: boolean;
}

/**
 * Draws the answer to a question. If it is too large for a picture, the title says so.
 *
 * @throws UsageError if a parameter is invalid.
 * @throws UnknownNameError if the graph has no such user, group or app.
 */
export async function picture(
  db: GraphDatabase,
  question: Question & { draw: string },
  asking: Asking,
  title: string,
): Promise<Picture> {
  const parameters = await boundParameters(db, question, asking);
  const rows = await db.read<Record<string, unknown>>(question.draw, {
    domain: asking.domain,
    ...parameters,
    most: integer(MAX_ROWS + 1),
  });
  const drawing = drawingOf(rows.slice(0, MAX_ROWS));
  const isCut = rows.length > MAX_ROWS;
  const countOfKind = (kind: DrawnNode['kind']) => drawing.nodes.filter((node) => node.kind === kind).length;
  return {
    svg: await svgOf(drawing, isCut ? `${title}: not all, the first ${MAX_ROWS} rows` : title),
    users: countOfKind('user'),
    groups: countOfKind('group'),
    isCut,
  };
}
