import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { ACCESS_KINDS } from '../../contract';
import { answer } from '../../queries/answer';
import { answerJson } from '../../queries/answerText';
import { isComplete, type Given } from '../../queries/parameters';
import type { ParameterType, Question } from '../../queries/question';
import { findQuestion, QUESTIONS } from '../../queries/registry';
import type { ConsoleEnv, Services } from '../env';
import { API } from './openApi';
import { cursorNumber, cursorOf, limit, next, paging, readCursor } from './paging';
import { Problem, PROBLEMS } from './problem';
import { mode, outcome } from './report';
import { count, domain, json, time } from './values';

const TYPES = [
  'person',
  'group',
  'app',
  'moment',
  'text',
  'pattern',
  'list',
  'count',
  'share',
] as const satisfies readonly ParameterType[];

const kinds = z.array(z.enum(ACCESS_KINDS));

const QuestionSchema = z
  .object({
    id: z.string(),
    question: z.string(),
    why: z.string(),
    scope: z.enum(['lookup', 'org']),
    needs: z.enum(['graph', 'history']),
    access: kinds.describe('Kinds that `SYNC_ACCESS` must name for the answer to be complete.'),
    parameters: z.record(
      z.string(),
      z.object({
        type: z.enum(TYPES),
        meaning: z.string(),
        default: z.string().optional().describe('A parameter without a default is required.'),
        choices: z.array(z.string()).optional(),
      }),
    ),
    columns: z.array(z.string()),
  })
  .openapi('Question');

const QuestionPage = z.object({ items: z.array(QuestionSchema), next }).openapi('QuestionPage');

const accessRead = z.object({ runNumber: count, finishedAt: time, since: time, listsAsOf: time.optional() });

const Proof = z
  .object({
    domain: z.string(),
    askedAt: time,
    run: z
      .object({
        runId: z.string(),
        runNumber: count,
        mode,
        outcome,
        finishedAt: time,
        ageMs: count,
        isWhole: z.boolean().describe('False if its report shows what may be missing.'),
      })
      .optional(),
    touchedRun: z
      .object({ runNumber: count, finishedAt: time })
      .optional()
      .describe('The latest touched run since: changes that the System Log reported are as new as it.'),
    wholeRun: z.object({ runNumber: count, finishedAt: time }).optional(),
    membersAsOf: time.optional(),
    groupsExcluded: z.int().optional(),
    isRunUnderWay: z.boolean(),
    historySince: time.optional(),
    access: z.object({
      rules: accessRead.optional(),
      apps: accessRead.optional(),
      roles: accessRead.optional(),
    }),
  })
  .describe('The runs that the answer is based on.')
  .openapi('Proof');

/** A value: text, a number, true or false, null, or a list of them. */
const values = z.record(z.string(), z.any());

const Answer = z
  .object({
    id: z.string(),
    question: z.string(),
    parameters: values,
    columns: z.array(z.string()),
    unknown: kinds.describe('Kinds that no run has read: what the answer lacks is unknown, not none.'),
    rows: z.array(values),
    hasMore: z.boolean().describe('True if there are more rows than `limit`.'),
    note: z.string().optional(),
    proof: Proof,
  })
  .openapi('Answer');

const listRoute = createRoute({
  method: 'get',
  path: `${API}/questions`,
  operationId: 'listQuestions',
  summary: 'The questions that the graph answers, with their parameters',
  request: { query: z.strictObject(paging) },
  responses: { 200: json('A page of questions, the common ones first.', QuestionPage), ...PROBLEMS },
});

const route = createRoute({
  method: 'get',
  path: `${API}/orgs/{domain}/questions/{question}`,
  operationId: 'askQuestion',
  summary: 'The answer of a question about an org',
  description: 'As `okta-graph query QUESTION --json` prints it, with the first rows.',
  parameters: [
    {
      name: 'parameters',
      in: 'query',
      description: 'The parameters of the question, each as a query parameter of its own name.',
      style: 'form',
      explode: true,
      schema: { type: 'object', additionalProperties: { type: 'string' } },
    },
  ],
  request: {
    params: z.object({ domain, question: z.string().describe('The id of a question.') }),
    query: z.object({ limit }),
  },
  responses: { 200: json('The answer.', Answer), ...PROBLEMS },
});

/** Adds the routes of questions. */
export function addQuestions(api: OpenAPIHono<ConsoleEnv>, { db, config }: Services): void {
  api.openapi(listRoute, (c) => {
    const { limit: atMost, after } = c.req.valid('query');
    const [skip] = after === undefined ? [0] : readCursor(z.tuple([cursorNumber]), after);
    const end = skip + atMost;
    const items = QUESTIONS.slice(skip, end).map(itemOf);
    return c.json({ items, next: end < QUESTIONS.length ? cursorOf(end) : null }, 200);
  });

  api.openapi(route, async (c) => {
    const { domain: name, question: id } = c.req.valid('param');
    const { limit: atMost } = c.req.valid('query');
    const question = findQuestion(id);
    if (!question) throw new Problem('not-found', `There is no such question. See ${API}/questions.`);
    const given = givenOf(c.req.queries());
    if (!isComplete(question, given)) throw new Problem('invalid-request', missingText(question, given));
    const historyRetentionMs = config.sync.historyRetentionMs;
    const asking = { domain: name, given, now: new Date(), historyRetentionMs };
    const answered = await answer(db, question, asking, atMost + 1);
    const hasMore = answered.rows.length > atMost;
    const shown = answerJson({ ...answered, rows: answered.rows.slice(0, atMost) });
    return c.json({ ...shown, columns: [...shown.columns], hasMore }, 200);
  });
}

function itemOf({ id, question, why, scope, needs, access, parameters, columns }: Question) {
  return {
    id,
    question,
    why,
    scope,
    needs,
    access: [...access],
    columns: [...columns],
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, { type, meaning, default: usual, choices }]) => [
        name,
        {
          type,
          meaning,
          ...(usual !== undefined && { default: usual }),
          ...(choices && { choices: [...choices] }),
        },
      ]),
    ),
  };
}

/** Returns the parameters of a question in the query string. Empty ones count as absent, as in the console's forms. */
function givenOf({ limit: _, ...queries }: Record<string, string[]>): Given {
  const given = Object.entries(queries).map(
    ([name, texts]) => [name, texts.filter((text) => text.trim() !== '')] as const,
  );
  return Object.fromEntries(given.filter(([, texts]) => texts.length > 0));
}

function missingText({ id, parameters }: Question, given: Given): string {
  const missing = Object.entries(parameters).filter(
    ([name, parameter]) => parameter.default === undefined && !Object.hasOwn(given, name),
  );
  const named = missing.map(([name, { meaning }]) => `${name} (${meaning})`).join(', ');
  return `${id} needs these parameters in the query string: ${named}.`;
}
