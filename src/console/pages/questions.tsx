import type { AccessPageKind } from '../../graph/read/access';
import { countOf } from '../../text/counts';
import { MAX_ROWS } from '../../pictures/picture';
import { emptyText, proofText, shownCell } from '../../queries/answerText';
import { unread } from '../../queries/accessProof';
import type { Answer } from '../../queries/answer';
import type { Given } from '../../queries/parameters';
import type { Parameter, ParameterType, Question } from '../../queries/question';
import { QUESTIONS } from '../../queries/registry';
import { Layout, type PageContext } from './layout';
import { integrationPath, pagePath, questionPath, questionsPath } from './links';
import { Marked, nameOf, Table } from './parts';

/** The list of all questions about an org. */
export function QuestionsPage({
  page,
  domain,
  domains,
}: {
  page: PageContext;
  domain: string;
  domains: readonly string[];
}) {
  return (
    <Layout title={`Questions about ${domain}`} page={page}>
      <h1>{`Questions about ${domain}`}</h1>
      {domains.length > 1 && (
        <nav class="filters" aria-label="Org">
          {domains.map((each) => (
            <a href={questionsPath(each)} {...(each === domain ? { 'aria-current': 'true' } : {})}>
              {each}
            </a>
          ))}
        </nav>
      )}
      <ul class="results">
        {QUESTIONS.map(({ id, question, why, needs, access }) => (
          <li>
            <a href={questionPath(domain, id)}>{question}</a>{' '}
            {[...(needs === 'history' ? [needs] : []), ...access].map((each) => (
              <span class="badge still">{each}</span>
            ))}
            <br />
            <span class="muted">
              <Marked text={why} />
            </span>
          </li>
        ))}
      </ul>
    </Layout>
  );
}

export interface QuestionPageProps {
  page: PageContext;
  domain: string;
  question: Question;
  given: Given;
  /** Absent before the form is submitted, and on errors. */
  answer: Answer | undefined;
  /** True if the answer has more rows than are shown. */
  isCut: boolean;
  /** Why there is no answer. */
  fault: string | undefined;
}

/** The page of a question: its parameters, and its answer with the proof. */
export function QuestionPage({ page, domain, question, given, answer, isCut, fault }: QuestionPageProps) {
  const { id, why, controls, parameters } = question;
  return (
    <Layout title={question.question} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> / <a href={questionsPath(domain)}>questions</a>
      </p>
      <h1>{question.question}</h1>
      <p class="prose">
        <Marked text={why} />
      </p>
      {controls.length > 0 && <p class="muted">{`Evidence for ${controls.join(', ')}.`}</p>}
      <form action={questionPath(domain, id)} class="fields">
        <input type="hidden" name="ask" value="yes" />
        {Object.entries(parameters).map(([name, parameter]) => (
          <Field name={name} parameter={parameter} given={given[name]} />
        ))}
        <div>
          <button>Show answer</button>
        </div>
      </form>
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {answer && <AnswerSection domain={domain} answer={answer} given={given} isCut={isCut} />}
    </Layout>
  );
}

const HINTS: Readonly<Record<ParameterType, string>> = {
  person: 'an email or Okta ID',
  group: 'the exact name or Okta ID',
  app: 'the exact label or Okta ID',
  moment: 'how long ago, such as 7d, or a date such as 2026-11-24',
  text: '',
  pattern: 'a regular expression',
  list: 'separated by commas',
  count: 'a whole number',
  share: 'between 0 and 1',
};

function Field({
  name,
  parameter: { type, meaning, choices, default: usual },
  given,
}: {
  name: string;
  parameter: Parameter;
  given: readonly string[] | undefined;
}) {
  const value = given?.join(',') ?? usual ?? '';
  return (
    <>
      <label for={name}>{meaning}</label>
      {choices ? (
        <select id={name} name={name}>
          {choices.map((choice) => (
            <option value={choice} selected={choice === value}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <>
          <input
            {...{ id: name, name, value, required: usual === undefined, maxlength: 2_000 }}
            aria-describedby={`${name}-hint`}
          />
          <p id={`${name}-hint`} class="muted">
            {HINTS[type]}
          </p>
        </>
      )}
    </>
  );
}

function AnswerSection({
  domain,
  answer,
  given,
  isCut,
}: {
  domain: string;
  answer: Answer;
  given: Given;
  isCut: boolean;
}) {
  const { question, rows } = answer;
  const { id, columns, draw } = question;
  const shown = countOf(rows.length, 'row');
  const isUnknown = rows.length === 0 && unread(question, answer.proof).length > 0;
  return (
    <section>
      <h2>{isUnknown ? emptyText(question, answer.proof) : isCut ? `The first ${shown}` : shown}</h2>
      {rows.length > 0 && (
        <>
          <p>
            <a class="button" href={questionPath(domain, id, 'answer.csv', given)} download>
              {isCut ? 'Download all rows as CSV' : 'Download CSV'}
            </a>
          </p>
          {draw !== undefined && (
            <details>
              <summary>Picture</summary>
              {isCut && <p class="muted">{`At most ${MAX_ROWS} rows are drawn.`}</p>}
              <img
                class="drawing"
                loading="lazy"
                src={questionPath(domain, id, 'picture.svg', given)}
                alt={`The answer to “${question.question}” as a picture`}
              />
            </details>
          )}
          <Table caption={question.question} head={columns.map((column) => column.replaceAll('_', ' '))}>
            {rows.map((row) => (
              <tr>
                {columns.map((column) => (
                  <Cell {...{ domain, question, row, column }} />
                ))}
              </tr>
            ))}
          </Table>
        </>
      )}

      <p class="prose muted">{proofText(answer).trim()}</p>
    </section>
  );
}

type Linked = 'User' | 'Group' | AccessPageKind;

/** Columns with a name, what it is the name of, and the column of its id. */
const NAMES: Readonly<Record<string, readonly [Linked, string]>> = {
  person: ['User', 'user_id'],
  manager: ['User', 'manager_id'],
  group: ['Group', 'group_id'],
  app: ['apps', 'app_id'],
  role: ['roles', 'role_id'],
  rule: ['rules', 'rule_id'],
};

/** What is named in the column `name`, by the column `kind`. */
const OF_KIND: Readonly<Record<string, Linked>> = {
  group: 'Group',
  report: 'User',
  app: 'apps',
  'admin role': 'roles',
};

/** Returns what a column of a row names, and the column of its id; undefined if it names nothing that has a page. */
function namedIn(row: Answer['rows'][number], column: string): readonly [Linked, string] | undefined {
  if (column === 'other') return [row['app_id'] === undefined ? 'Group' : 'apps', 'other_id'];
  if (column !== 'name') return NAMES[column];
  const linked = OF_KIND[String(row['kind'])];
  return linked && [linked, 'id'];
}

function Cell({
  domain,
  question,
  row,
  column,
}: {
  domain: string;
  question: Question;
  row: Answer['rows'][number];
  column: string;
}) {
  const value = row[column] ?? null;
  const text = nameOf(shownCell(value), '');
  const [linked, idColumn] = namedIn(row, column) ?? [];
  const id = idColumn === undefined ? null : row[idColumn];
  // A deleted app has no page.
  const isPast = linked === 'apps' && question.needs === 'history' && row['is_deleted'] !== false;
  if (linked !== undefined && typeof id === 'string' && !isPast)
    return (
      <td>
        <a href={pagePath(domain, linked, id)}>{text || id}</a>
      </td>
    );
  return <td {...(typeof value === 'number' ? { class: 'number' } : {})}>{text}</td>;
}
