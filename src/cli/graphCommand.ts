import { writeFile } from 'node:fs/promises';
import { MAX_ROWS, picture, type Picture } from '../pictures/picture';
import { type Asking, UnknownNameError } from '../queries/answer';
import { proofOf } from '../queries/proof';
import type { Question } from '../queries/question';
import { findQuestion } from '../queries/registry';
import { withGraph } from '../connections/connect';
import type { Context } from './context';
import { countOf } from '../text/counts';
import { formatTime } from '../text/times';
import { EXIT } from './exitCodes';
import { Explained } from '../faults/explained';
import { UsageError } from '../text/usageError';
import { domainToRead } from './selectOrg';
import { parseTime } from '../text/parseTime';

export interface GraphOptions {
  domain?: string;
  group?: string;
  user?: string;
  at?: string;
  out?: string;
}

/** `graph --group NAME | --user EMAIL`: draws a group with its members, or a user with their groups, as SVG. */
export async function graph(context: Context, options: GraphOptions): Promise<number> {
  const { config, out, err } = context;
  const { what, name } = subjectOf(options);
  const question = drawnQuestion(what, options.at !== undefined);
  const now = new Date();
  const at = options.at === undefined ? undefined : parseTime(options.at, now);
  const drawn = await withGraph(config, async (db) => {
    const asking: Asking = {
      domain: await domainToRead(db, config, options.domain),
      given: { [what]: [name], ...(options.at !== undefined && { at: [options.at] }) },
      now,
      historyRetentionMs: config.sync.historyRetentionMs,
    };
    const { run } = await proofOf(db, asking.domain, now, asking.historyRetentionMs);
    const known = run ? `run #${run.runNumber}, ${formatTime(new Date(run.finishedAt))}` : 'no completed run';
    const title = `${name}${at ? ` on ${formatTime(at)}` : ''} (${asking.domain}, ${known})`;
    return picture(db, question, asking, title).catch((error: unknown) => {
      throw error instanceof UnknownNameError ? new Explained(error.message) : error;
    });
  });
  if (options.out === undefined) out.write(drawn.svg);
  else await write(options.out, drawn.svg);
  err.write(summaryOf(drawn, options.out));
  return EXIT.succeeded;
}

function subjectOf({ group, user }: GraphOptions): { what: 'group' | 'person'; name: string } {
  if (group !== undefined && user === undefined) return { what: 'group', name: group };
  if (user !== undefined && group === undefined) return { what: 'person', name: user };
  throw new UsageError('Specify what to draw: either --group NAME or --user EMAIL');
}

function drawnQuestion(what: 'group' | 'person', isPast: boolean): Question & { draw: string } {
  const id = `${what === 'group' ? 'group-members' : 'person-groups'}${isPast ? '-at' : ''}`;
  const question = findQuestion(id);
  if (question?.draw === undefined) throw new Error(`The question ${id} cannot be drawn.`);
  return { ...question, draw: question.draw };
}

async function write(file: string, svg: string): Promise<void> {
  await writeFile(file, svg).catch((error: NodeJS.ErrnoException) => {
    throw new Explained(
      `${file} cannot be written: ${error.code ?? error.message}. Specify another file with --out.`,
    );
  });
}

function summaryOf({ users, groups, isCut }: Picture, file: string | undefined): string {
  const drawn = `${countOf(users, 'user')} and ${countOf(groups, 'group')}`;
  const rest = isCut ? `; the picture is limited to ${MAX_ROWS} memberships, and there are more` : '';
  return `${file === undefined ? 'Drawn' : `${file} shows`}: ${drawn}${rest}\n`;
}
