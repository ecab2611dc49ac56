import { durationMs } from '../text/parseDuration';
import { brief } from '../text/printable';
import { styleOf } from '../text/style';
import { answer, streamedAnswer, UnknownNameError } from '../queries/answer';
import type { Given } from '../queries/parameters';
import type { Question } from '../queries/question';
import { findQuestion, QUESTIONS } from '../queries/registry';
import { formatOf, write } from './changesCommand';
import { answerCsv, answerJson, answerText, proofText, questionsText } from '../queries/answerText';
import { withGraph } from '../connections/connect';
import { unread } from '../queries/accessProof';
import type { Context, Io } from './context';
import { EXIT } from './exitCodes';
import { Explained } from '../faults/explained';
import { UsageError } from '../text/usageError';
import { domainToRead } from './selectOrg';

export interface QueryOptions {
  domain?: string;
  param?: string[];
  json?: true;
  csv?: true;
  /** Time limit of a read in Neo4j, such as `5m`. */
  timeout?: string;
}

/**
 * `query` without a name: lists all questions. It needs neither a configuration nor a graph.
 *
 * @throws UsageError for an option that only a question has.
 */
export function listQuestions({ out }: Io, options: QueryOptions): number {
  const unused = Object.keys(options).find((name) => name !== 'json');
  if (unused !== undefined)
    throw new UsageError(
      `--${unused} requires the name of a question. List all questions with: okta-graph query`,
    );
  out.write(
    options.json ? `${JSON.stringify(QUESTIONS, null, 2)}\n` : questionsText(QUESTIONS, styleOf(out)),
  );
  return EXIT.succeeded;
}

/** `query NAME`: answers a question from the graph, with its proof. */
export async function query(context: Context, name: string, options: QueryOptions): Promise<number> {
  const { config, out, err } = context;
  const format = formatOf(options);
  const given = givenOf(options.param ?? []);
  const question = questionNamed(name);
  await withGraph(
    config,
    async (db) => {
      const asking = {
        domain: await domainToRead(db, config, options.domain),
        given,
        now: new Date(),
        historyRetentionMs: config.sync.historyRetentionMs,
      };
      if (format === 'csv') {
        const answered = await streamedAnswer(db, question, asking);
        for await (const lines of answerCsv(answered)) await write(out, lines);
        const missing = unread(question, answered.proof).join(' and ');
        if (missing !== '')
          err.write(
            `WARNING: ${missing} have not been read, so what the answer lacks is unknown, not none.\n`,
          );
        err.write(proofText(answered));
        return;
      }
      const answered = await answer(db, question, asking);
      if (format === 'json') out.write(`${JSON.stringify(answerJson(answered), null, 2)}\n`);
      else out.write(`${answerText(answered, styleOf(out))}\n${proofText(answered)}`);
    },
    timeoutOf(options.timeout),
  ).catch((error: unknown) => {
    throw error instanceof UnknownNameError ? new Explained(error.message) : error;
  });
  return EXIT.succeeded;
}

/** Parses the time limit to milliseconds. @throws UsageError unless it is a duration above 0. */
function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeoutMs = durationMs(text);
  if (timeoutMs !== undefined && timeoutMs >= 1) return timeoutMs;
  throw new UsageError(`--timeout must be a duration such as 5m, not ${brief(text)}`);
}

function questionNamed(name: string): Question {
  const question = findQuestion(name);
  if (question) return question;
  const ids = QUESTIONS.map(({ id }) => id);
  const similar = ids.filter((id) => name.split('-').some((word) => word.length > 2 && id.includes(word)));
  throw new UsageError(
    `There is no question ${brief(name)}. ${similar.length > 0 ? `Similar questions: ${similar.join(', ')}` : 'List all questions with: okta-graph query'}`,
  );
}

/** Parses parameters of the form `name=value`; a name may be repeated. @throws UsageError for any other text. */
export function givenOf(params: readonly string[]): Given {
  const given = new Map<string, string[]>();
  for (const param of params) {
    const at = param.indexOf('=');
    if (at < 1) throw new UsageError(`${brief(param)} is not a parameter; use --param name=value`);
    const name = param.slice(0, at);
    given.set(name, [...(given.get(name) ?? []), param.slice(at + 1)]);
  }
  return Object.fromEntries(given);
}
