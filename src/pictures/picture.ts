import type { GraphDatabase } from '../graph/database';
import { integer } from '../graph/values';
import { boundParameters, type Asking } from '../queries/answer';
import type { Question } from '../queries/question';
import { drawingOf } from './drawing';
import { svgOf } from './svg';

/** More would not be legible. */
export const MOST_ROWS = 300;

export interface Picture {
  svg: string;
  users: number;
  groups: number;
  /** Whether there was more than a picture holds. */
  isCut: boolean;
}

/**
 * Draws the answer to a question that has something to draw.
 *
 * @throws UsageError for bad parameters, UnknownNameError when no such person or group is known.
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
    most: integer(MOST_ROWS + 1),
  });
  const drawing = drawingOf(rows.slice(0, MOST_ROWS));
  const groups = drawing.nodes.filter(({ kind }) => kind === 'group').length;
  return {
    svg: await svgOf(drawing, title),
    users: drawing.nodes.length - groups,
    groups,
    isCut: rows.length > MOST_ROWS,
  };
}
