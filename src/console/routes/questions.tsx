import { type Context, Hono } from 'hono';
import { answerCsv, answerJsonPieces, shownCell } from '../../queries/answerText';
import { formatTime } from '../../text/times';
import { picture } from '../../pictures/picture';
import {
  answer,
  streamedAnswer,
  UnknownNameError,
  type Answer,
  type Asking,
  type StreamedAnswer,
} from '../../queries/answer';
import { isComplete, type Given } from '../../queries/parameters';
import type { Question } from '../../queries/question';
import { findQuestion } from '../../queries/registry';
import { wholeNumber } from '../../text/wholeNumber';
import { UsageError } from '../../text/usageError';
import { DOWNLOAD_TIMEOUT_MS, type Downloads } from '../downloads';
import type { ConsoleEnv, Services } from '../env';
import { questionsPath } from '../pages/links';
import { shownText, type Order } from '../pages/answerTable';
import { QuestionPage, type ShownAnswer } from '../pages/questions';
import { QuestionsPage } from '../pages/questionsList';
import { document, pageContext } from '../respond';

/** Number of rows on a page. */
const PAGE_SIZE = 100;

/** Maximum number of rows that a page reads to sort and filter them; the downloads have all. */
const MAX_READ = 2_000;

/** Routes of the questions, with each answer as a page, as CSV and as a picture. */
export function questionRoutes(services: Services, downloads: Downloads): Hono<ConsoleEnv> {
  const { db, config, settings } = services;
  const app = new Hono<ConsoleEnv>();

  const asking = (domain: string, given: Given): Asking => ({
    domain,
    given,
    now: new Date(),
    historyRetentionMs: config.sync.historyRetentionMs,
  });

  app.get('/questions', (c) => {
    const [first] = c.get('orgs') ?? [];
    return c.redirect(first === undefined ? '/' : questionsPath(first));
  });

  app.get('/integrations/:domain/questions', (c) =>
    document(c, <QuestionsPage page={pageContext(c, services)} domain={c.req.param('domain')} />),
  );

  app.get('/integrations/:domain/questions/:id', async (c) => {
    const { domain, id } = c.req.param();
    const question = findQuestion(id);
    if (!question) return c.notFound();
    const given = givenOf(question, c.req.queries());
    const found = isComplete(question, given)
      ? await answer(db, question, asking(domain, given), MAX_READ + 1).catch(refusalOf)
      : undefined;
    const fault = found instanceof Refusal ? found : undefined;
    const answered = found instanceof Refusal ? undefined : found;
    return document(
      c,
      <QuestionPage
        page={pageContext(c, services)}
        {...{ domain, question, given, neo4jBrowser: settings.neo4jBrowser }}
        answer={answered && shownOf(answered, c.req.query())}
        fault={fault}
      />,
      fault?.status,
    );
  });

  const download = async (
    c: Context<ConsoleEnv>,
    { id, format, type }: { id: string; format: string; type: string },
    pieces: (answered: StreamedAnswer) => AsyncGenerator<string, void, undefined>,
  ) => {
    const domain = c.req.param('domain') ?? '';
    const question = findQuestion(id);
    if (!question) return c.notFound();
    const given = givenOf(question, c.req.queries());
    const open = async () => {
      const answered = await streamedAnswer(db, question, asking(domain, given), DOWNLOAD_TIMEOUT_MS);
      const run = answered.proof.run ? `-run-${answered.proof.run.runNumber}` : '';
      const headers = {
        'Content-Type': `${type}; charset=utf-8`,
        'Content-Disposition': `attachment; filename="${id}-${domain}${run}.${format}"`,
      };
      return { pieces: pieces(answered), headers };
    };
    const sent = await downloads.send(c, open).catch(refusalOf);
    return sent instanceof Refusal ? c.text(sent.text, sent.status) : sent;
  };

  app.get('/integrations/:domain/questions/:id/answer.csv', (c) =>
    download(c, { id: c.req.param('id'), format: 'csv', type: 'text/csv' }, csvForExcel),
  );
  app.get('/integrations/:domain/questions/:id/answer.json', (c) =>
    download(c, { id: c.req.param('id'), format: 'json', type: 'application/json' }, answerJsonPieces),
  );

  app.get('/integrations/:domain/questions/:id/picture.svg', async (c) => {
    const { domain, id } = c.req.param();
    const question = findQuestion(id);
    if (question?.draw === undefined) return c.notFound();
    const asked = asking(domain, givenOf(question, c.req.queries()));
    const title = `${question.question} (${domain}, ${formatTime(asked.now)})`;
    const drawn = await picture(db, { ...question, draw: question.draw }, asked, title).catch(refusalOf);
    if (drawn instanceof Refusal) return c.text(drawn.text, drawn.status);
    return c.body(drawn.svg, 200, { 'Content-Type': 'image/svg+xml; charset=utf-8' });
  });

  return app;
}

/** Excel reads a CSV as UTF-8 only after a byte order mark. */
async function* csvForExcel(answered: StreamedAnswer): AsyncGenerator<string, void, undefined> {
  yield '\uFEFF';
  yield* answerCsv(answered);
}

/** Filters and sorts the rows that were read, and returns one page of them. */
function shownOf(answered: Answer, query: Readonly<Record<string, string>>): ShownAnswer {
  const isCut = answered.rows.length > MAX_READ;
  const rows = answered.rows.slice(0, MAX_READ);
  const filter = (query['filter'] ?? '').trim();
  const wanted = filter.toLowerCase();
  const matching = rows.filter((row) =>
    Object.entries(row).some(([column, value]) =>
      [shownCell(value), shownText(column, value)].some((text) => text.toLowerCase().includes(wanted)),
    ),
  );
  const order = orderOf(answered, query['sort']);
  const { column, isDescending } = order;
  if (column !== undefined) {
    const compare = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;
    const text = (row: Answer['rows'][number]) => shownText(column, row[column] ?? null);
    matching.sort((a, b) => (isDescending ? compare(text(b), text(a)) : compare(text(a), text(b))));
  }
  const skip = wholeNumber(query['skip'] ?? '') ?? 0;
  const shown = matching.slice(skip, skip + PAGE_SIZE);
  return { answer: { ...answered, rows }, matching, shown, isCut, filter, order, skip, pageSize: PAGE_SIZE };
}

/** Parses `column` or `-column`; what is no column of the answer counts as absent. */
function orderOf({ question: { columns } }: Answer, text = ''): Order {
  const column = columns.find((each) => each === text.replace(/^-/, ''));
  return { isDescending: text.startsWith('-'), ...(column !== undefined && { column }) };
}

/** Returns the question's parameters from the query string. Empty fields count as absent. */
function givenOf({ parameters }: Question, queries: Readonly<Record<string, readonly string[]>>): Given {
  return Object.fromEntries(
    Object.keys(parameters).flatMap((name) => {
      const values = queries[name]?.filter((value) => value.trim() !== '') ?? [];
      return values.length === 0 ? [] : [[name, values]];
    }),
  );
}

/** An error in the parameters of a question, to show to the user. */
class Refusal {
  constructor(
    readonly text: string,
    readonly status: 400 | 404,
    /** A name that nothing has. */
    readonly unknown?: string,
  ) {}
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof UsageError) return new Refusal(error.message, 400);
  if (error instanceof UnknownNameError) return new Refusal(error.message, 404, error.given);
  throw error;
}
