import type { Answer, StreamedAnswer, Value } from './answer';
import { accessTexts, unread, unreadKinds } from './accessProof';
import type { Proof, ProvingRun } from './proof';
import type { Question } from './question';
import { countOf, formatCount } from '../text/counts';
import { csvLine } from '../text/csv';
import { formatDuration, formatTime } from '../text/times';
import { printable } from '../text/printable';
import { PLAIN } from '../text/style';
import { renderFields, renderTable } from '../text/table';

/** Maximum number of rows in the text; the other formats have all of them. */
const SHOWN_ROWS = 50;

/** Maximum number of columns of a single row in a table; with more, the row is printed vertically. */
const MAX_COLUMNS = 8;

export function questionsText(questions: readonly Question[], style = PLAIN): string {
  const rows = questions.map(({ id, question, parameters }) => [
    id,
    question,
    Object.entries(parameters)
      .map(([name, { default: byDefault }]) => (byDefault === undefined ? name : `[${name}]`))
      .join(' '),
  ]);
  return `${renderTable(['name', 'question', 'parameters'], rows, { style })}\n\nTo run one: okta-graph query NAME --param name=value\nParameters in [brackets] are optional. More in docs/queries.md.\n`;
}

/** Formats an answer as text. */
export function answerText({ question, rows, proof }: Answer, style = PLAIN): string {
  const { columns } = question;
  const [first] = rows;
  const title = `${style.paint('title', question.question)}\n\n`;
  if (!first) return `${title}  (${emptyText(question, proof)})\n`;
  const cells = (row: Answer['rows'][number]) =>
    columns.map((column) => printable(shownCell(row[column] ?? null)));
  if (rows.length === 1 && columns.length > MAX_COLUMNS) {
    const values = cells(first);
    return `${title}${renderFields(
      columns.map((column, i) => [column, values[i] ?? '']),
      style,
    )}\n`;
  }
  const more = rows.length - SHOWN_ROWS;
  return [
    title,
    `${renderTable(columns, rows.slice(0, SHOWN_ROWS).map(cells), { style })}\n`,
    `\n${countOf(rows.length, 'row')}${more > 0 ? `; ${formatCount(more)} more with --csv or --json` : ''}\n`,
  ].join('');
}

/** Describes an answer without rows: `none`, or that it is unknown. */
export function emptyText(question: Question, proof: Answer['proof']): string {
  const missing = unread(question, proof);
  return missing.length === 0 ? 'none' : `unknown: ${missing.join(' and ')} have not been read`;
}

/** An answer as an object for JSON; `unknown` lists the kinds of access that no run has read. */
export function answerJson({ question, parameters, rows, note, proof }: Answer) {
  const { id, question: asked, columns } = question;
  const unknown = unreadKinds(question, proof);
  return {
    id,
    question: asked,
    parameters,
    columns,
    unknown,
    rows,
    ...(note !== undefined && { note }),
    proof,
  };
}

/** {@link answerJson} of an answer whose rows are streamed, in chunks. */
export async function* answerJsonPieces(answered: StreamedAnswer): AsyncGenerator<string, void, undefined> {
  const whole = JSON.stringify(answerJson({ ...answered, rows: [] }));
  const at = whole.indexOf('"rows":[') + '"rows":['.length;
  yield whole.slice(0, at);
  let separator = '';
  for await (const row of answered.rows) {
    yield separator + JSON.stringify(row);
    separator = ',';
  }
  yield `${whole.slice(at)}\n`;
}

/** Minimum size of a chunk of CSV, in characters, except for the last. */
const CSV_CHUNK = 16_384;

/** Formats an answer as CSV in chunks: a header with the column names, then all rows. */
export async function* answerCsv({
  question: { columns },
  rows,
}: StreamedAnswer): AsyncGenerator<string, void, undefined> {
  let chunk = csvLine(columns);
  for await (const row of rows) {
    chunk += csvLine(columns.map((column) => cellOf(row[column] ?? null)));
    if (chunk.length < CSV_CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** Formats a value for display, with times to the second as elsewhere on the command line. */
export function shownCell(value: Value): string {
  const cell = cellOf(value);
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(cell) ? formatTime(new Date(cell)) : cell;
}

/** Formats a value as one cell: empty for null, a list separated by semicolons. */
function cellOf(value: Value): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map((each: Value) => cellOf(each)).join('; ');
  return typeof value === 'number' && !Number.isInteger(value)
    ? value.toFixed(3)
    : String(value as string | number | boolean);
}

/** Formats the note of an answer, the run that it is based on, and how complete the data is. */
export function proofText({ question, parameters, note, proof }: Omit<Answer, 'rows'>): string {
  const { domain, run, wholeRun, membersAsOf, groupsExcluded, isRunUnderWay, historySince } = proof;
  const asked = ['at', 'since'].flatMap((name) => {
    const value = parameters[name];
    return typeof value === 'string' ? [value] : [];
  });
  const access = accessTexts(question, proof, asked);
  if (!run)
    return linesOf([
      `No run of ${domain} has ended yet, so the graph may be empty or incomplete.`,
      ...access,
    ]);
  return linesOf([
    ...(note === undefined ? [] : [note]),
    `Based on run #${run.runNumber} of ${domain}, ${run.mode}, ${run.outcome}, ended ${time(run.finishedAt)}; ` +
      `the data is up to ${formatDuration(run.ageMs)} old.`,
    ...touchedTexts(proof),
    run.isWhole
      ? `Run #${run.runNumber} completed, with no user, group or membership left out${groupsExcluded === undefined ? '' : ' of what SYNC_MEMBERS_OF selects'}.`
      : incompleteText(run),
    wholeRun
      ? `The last full run that succeeded is #${wholeRun.runNumber}, ended ${time(wholeRun.finishedAt)}.`
      : 'No full run has succeeded yet.',
    ...(membersAsOf === undefined
      ? []
      : [
          `The members of every group${groupsExcluded === undefined ? '' : ' that SYNC_MEMBERS_OF selects'} were read completely at ${time(membersAsOf)} or later.`,
        ]),
    ...(groupsExcluded === undefined
      ? []
      : [
          `SYNC_MEMBERS_OF leaves out ${countOf(groupsExcluded, 'group')}: their members are not known, and no answer has them.`,
        ]),
    ...(isRunUnderWay ? ['A run is in progress, so the graph may mix old and new data.'] : []),
    ...(question.needs === 'history' ? [historyText(historySince, asked)] : []),
    ...access,
  ]);
}

/** Says that changes from the System Log are newer than the run that data is based on, if they are. */
export function touchedTexts({ touchedRun }: Proof): string[] {
  if (!touchedRun) return [];
  const { runNumber, finishedAt } = touchedRun;
  return [
    `Changes from the System Log have been read since, last by run #${runNumber}, ended ${time(finishedAt)}.`,
  ];
}

/** Says that the run that data is based on has left something out. */
export function incompleteText({ runNumber }: ProvingRun): string {
  return `Run #${runNumber} was incomplete: see report ${runNumber} for what may be missing in the graph.`;
}

const linesOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

function historyText(since: string | undefined, asked: readonly string[]): string {
  if (since === undefined)
    return 'No history is kept, so past states are not available. To keep it, set HISTORY_RETENTION.';
  const isOlder = asked.some((time) => time < since);
  return `History is kept since ${time(since)}${isOlder ? ', so the requested time is not fully covered' : ''}.`;
}

function time(iso: string): string {
  return formatTime(new Date(iso));
}
