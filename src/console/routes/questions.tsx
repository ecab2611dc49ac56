import { Hono } from 'hono';
import { answerCsv } from '../../queries/answerText';
import { formatTime } from '../../text/times';
import { picture } from '../../pictures/picture';
import { answer, streamedAnswer, UnknownNameError, type Asking } from '../../queries/answer';
import { isComplete, type Given } from '../../queries/parameters';
import type { Question } from '../../queries/question';
import { findQuestion } from '../../queries/registry';
import { UsageError } from '../../text/usageError';
import { Downloads, DOWNLOAD_TIMEOUT_MS } from '../downloads';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';
import { questionsPath } from '../pages/links';
import { QuestionPage, QuestionsPage } from '../pages/questions';
import { document, pageContext } from '../respond';

/** Maximum number of rows on a page; the CSV has all rows. */
const MAX_SHOWN = 100;

/** Routes of the questions, with each answer as a page, as CSV and as a picture. */
export function questionRoutes(services: Services): Hono<ConsoleEnv> {
  const { db, config } = services;
  const downloads = new Downloads(services);
  const app = new Hono<ConsoleEnv>();

  const asking = (domain: string, given: Given): Asking => ({
    domain,
    given,
    now: new Date(),
    historyRetentionMs: config.sync.historyRetentionMs,
  });

  app.get('/questions', async (c) => {
    const [first] = await domainsOf(services);
    return c.redirect(first === undefined ? '/' : questionsPath(first));
  });

  app.get('/integrations/:domain/questions', async (c) => {
    const page = pageContext(c, services, 'questions');
    const domains = await domainsOf(services);
    return document(c, <QuestionsPage page={page} domain={c.req.param('domain')} domains={domains} />);
  });

  app.get('/integrations/:domain/questions/:id', async (c) => {
    const { domain, id } = c.req.param();
    const question = findQuestion(id);
    if (!question) return c.notFound();
    const given = givenOf(question, c.req.queries());
    const isAsked = c.req.query('ask') !== undefined && isComplete(question, given);
    const found = isAsked
      ? await answer(db, question, asking(domain, given), MAX_SHOWN + 1).catch(refusalOf)
      : undefined;
    const fault = found instanceof Refusal ? found : undefined;
    const answered = found instanceof Refusal ? undefined : found;
    const isCut = (answered?.rows.length ?? 0) > MAX_SHOWN;
    return document(
      c,
      <QuestionPage
        page={pageContext(c, services, 'questions')}
        domain={domain}
        question={question}
        given={given}
        answer={answered && { ...answered, rows: answered.rows.slice(0, MAX_SHOWN) }}
        isCut={isCut}
        fault={fault?.text}
      />,
      fault?.status,
    );
  });

  app.get('/integrations/:domain/questions/:id/answer.csv', async (c) => {
    const { domain, id } = c.req.param();
    const question = findQuestion(id);
    if (!question) return c.notFound();
    const given = givenOf(question, c.req.queries());
    const open = async () => {
      const answered = await streamedAnswer(db, question, asking(domain, given), DOWNLOAD_TIMEOUT_MS);
      const run = answered.proof.run ? `-run-${answered.proof.run.runNumber}` : '';
      const headers = {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="${id}-${domain}${run}.csv"`,
      };
      return { pieces: answerCsv(answered), headers };
    };
    const sent = await downloads.send(c, open).catch(refusalOf);
    return sent instanceof Refusal ? c.text(sent.text, sent.status) : sent;
  });

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
  ) {}
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof UsageError) return new Refusal(error.message, 400);
  if (error instanceof UnknownNameError) return new Refusal(error.message, 404);
  throw error;
}
