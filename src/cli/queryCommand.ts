import { answer, UnknownNameError, type Answer } from '../queries/answer';
import type { Given } from '../queries/parameters';
import type { Question } from '../queries/question';
import { findQuestion, QUESTIONS } from '../queries/registry';
import { formatOf } from './changesCommand';
import { answerCsv, answerText, proofText, questionsText } from './answerText';
import { withGraph } from './connect';
import type { Context } from './context';
import { EXIT } from './exitCodes';
import { Explained } from './explain';
import { UsageError } from '../usageError';
import { selectDomain } from './selectOrg';

export interface QueryOptions {
  domain?: string;
  param?: string[];
  json?: true;
  csv?: true;
}

/** `query [NAME]`: answers a question from the graph, and says what the answer rests on; without a name lists them. */
export async function query(
  context: Context,
  name: string | undefined,
  options: QueryOptions,
): Promise<number> {
  const { config, out, err } = context;
  const format = formatOf(options);
  if (name === undefined) {
    out.write(format === 'json' ? `${JSON.stringify(QUESTIONS, null, 2)}\n` : questionsText(QUESTIONS));
    return EXIT.succeeded;
  }
  const asking = {
    domain: selectDomain(config, options.domain),
    given: givenOf(options.param ?? []),
    now: new Date(),
    historyRetentionMs: config.sync.historyRetentionMs,
  };
  const question = questionCalled(name);
  const answered = await withGraph(config, (db) =>
    answer(db, question, asking).catch((error: unknown) => {
      throw error instanceof UnknownNameError ? new Explained(error.message) : error;
    }),
  );
  if (format === 'json') out.write(`${JSON.stringify(jsonOf(answered), null, 2)}\n`);
  else if (format === 'csv') {
    out.write(answerCsv(answered));
    err.write(proofText(answered));
  } else out.write(`${answerText(answered)}\n${proofText(answered)}`);
  return EXIT.succeeded;
}

function questionCalled(name: string): Question {
  const question = findQuestion(name);
  if (question) return question;
  const ids = QUESTIONS.map(({ id }) => id);
  const close = ids.filter((id) => name.split('-').some((word) => word.length > 2 && id.includes(word)));
  throw new UsageError(
    `There is no question ${name}; ${close.length > 0 ? `perhaps ${close.join(', ')}` : 'the questions are listed by: query'}`,
  );
}

/** `name=value`, as often as is needed. @throws UsageError for anything else. */
export function givenOf(params: readonly string[]): Given {
  const given = new Map<string, string[]>();
  for (const param of params) {
    const at = param.indexOf('=');
    if (at < 1) throw new UsageError(`${param} is no parameter: write --param name=value`);
    const name = param.slice(0, at);
    given.set(name, [...(given.get(name) ?? []), param.slice(at + 1)]);
  }
  return Object.fromEntries(given);
}

function jsonOf({ question, parameters, rows, proof }: Answer) {
  const { id, question: asked, columns } = question;
  return { id, question: asked, parameters, columns, rows, proof };
}
