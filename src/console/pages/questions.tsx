import { countOf } from '../../text/counts';
import { MAX_ROWS } from '../../pictures/picture';
import { emptyText, proofText } from '../../queries/answerText';
import { unread } from '../../queries/accessProof';
import type { Answer } from '../../queries/answer';
import type { Given } from '../../queries/parameters';
import type { Question } from '../../queries/question';
import { AnswerTable, type Order } from './answerTable';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath, questionPath, questionsPath, searchPath, type AnswerPart } from './links';
import { Marked, nameOf, PageLinks } from './parts';
import { QuestionFields } from './questionFields';

/** An answer as a page shows it. */
export interface ShownAnswer {
  answer: Answer;
  /** The rows that match the filter, in order. */
  matching: Answer['rows'];
  /** The rows of this page. */
  shown: Answer['rows'];
  /** True if the answer has more rows than were read. */
  isCut: boolean;
  filter: string;
  order: Order;
  /** Number of rows before this page. */
  skip: number;
  pageSize: number;
}

export interface QuestionPageProps {
  page: PageContext;
  domain: string;
  question: Question;
  given: Given;
  answer: ShownAnswer | undefined;
  /** Why there is no answer. */
  fault: { text: string; unknown?: string | undefined } | undefined;
  /** URL of Neo4j Browser, for a link. */
  neo4jBrowser: string | undefined;
}

/** The page of a question: its parameters, and its answer with the proof. */
export function QuestionPage(props: QuestionPageProps) {
  const { page, domain, question, given, answer, fault, neo4jBrowser } = props;
  const { id, why, controls, parameters, cypher } = question;
  return (
    <Layout title={question.question} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> / <a href={questionsPath(domain)}>questions</a>
      </p>
      <h1>{question.question}</h1>
      <p class="under">
        <Marked text={why} />
        {controls.length > 0 && ` Evidence for ${controls.join(', ')}.`}
      </p>
      {Object.keys(parameters).length > 0 && (
        <form action={questionPath(domain, id)} class="fields">
          <QuestionFields question={question} given={given} namesPath={`${integrationPath(domain)}/names`} />
          <div>
            <button>Show answer</button>
          </div>
        </form>
      )}
      {fault !== undefined && (
        <div class="fault" role="alert">
          <p>{fault.text}</p>
          {fault.unknown !== undefined && (
            <p>
              <a href={searchPath(fault.unknown)}>{`Search for “${nameOf(fault.unknown, '')}”`}</a>
            </p>
          )}
        </div>
      )}
      {answer && <AnswerSection domain={domain} given={given} {...answer} />}
      <details>
        <summary>Cypher</summary>
        <pre id="cypher" tabindex={0}>
          {cypher}
        </pre>
        <p class="row">
          <button class="quiet" data-copy="cypher" hidden>
            Copy
          </button>
          {neo4jBrowser !== undefined && (
            <a href={`${neo4jBrowser}?cmd=edit&arg=${encodeURIComponent(cypher)}`}>Open in Neo4j Browser</a>
          )}
        </p>
        <p class="muted">{`In Neo4j Browser, set its parameters first: :param domain => '${domain}'`}</p>
      </details>
    </Layout>
  );
}

function AnswerSection(props: { domain: string; given: Given } & ShownAnswer) {
  const { domain, given, answer, matching, shown, isCut, filter, order, skip, pageSize } = props;
  const { question, rows } = answer;
  const { id, draw } = question;
  const isUnknown = rows.length === 0 && unread(question, answer.proof).length > 0;
  const path = (changed: { order?: Order; skip?: number }, part?: AnswerPart) => {
    const { column, isDescending } = changed.order ?? order;
    return questionPath(domain, id, part, {
      ...given,
      ...(filter !== '' && { filter: [filter] }),
      ...(column !== undefined && { sort: [`${isDescending ? '-' : ''}${column}`] }),
      ...(changed.skip !== undefined && { skip: [String(changed.skip)] }),
    });
  };
  return (
    <section>
      <h2>{isUnknown ? emptyText(question, answer.proof) : totalText(props)}</h2>
      {answer.shared?.map(({ parameter, ids }) => (
        <p class="note">
          {`Several have this ${parameter}, and the answer is about all of them. Show one: `}
          {ids.map((each, index) => (
            <>
              {index > 0 && ', '}
              <a href={questionPath(domain, id, undefined, { ...given, [parameter]: [each] })}>{each}</a>
            </>
          ))}
        </p>
      ))}
      {rows.length > 0 && (
        <>
          <form action={questionPath(domain, id)} class="row">
            {Object.entries(given).flatMap(([name, values]) =>
              values.map((value) => <input type="hidden" {...{ name, value }} />),
            )}
            <label class="hidden" for="filter">
              Filter the rows
            </label>
            <input id="filter" name="filter" type="search" value={filter} placeholder="Filter the rows" />
            <button class="quiet">Filter</button>
            <a class="button quiet" href={questionPath(domain, id, 'answer.csv', given)} download>
              CSV
            </a>
            <a class="button quiet" href={questionPath(domain, id, 'answer.json', given)} download>
              JSON
            </a>
          </form>
          {draw !== undefined && (
            <details>
              <summary>Picture</summary>
              {rows.length > MAX_ROWS && <p class="muted">{`At most ${MAX_ROWS} rows are drawn.`}</p>}
              <img
                class="drawing"
                loading="lazy"
                src={questionPath(domain, id, 'picture.svg', given)}
                alt={`The answer to “${question.question}” as a picture`}
              />
            </details>
          )}
          {shown.length > 0 && (
            <AnswerTable
              {...{ domain, question, rows: shown, all: rows, isCut, order }}
              orderPath={(chosen) => path({ order: chosen })}
            />
          )}
          <PageLinks
            previous={skip > 0 ? path({ skip: Math.max(0, skip - pageSize) }) : undefined}
            next={skip + shown.length < matching.length ? path({ skip: skip + pageSize }) : undefined}
          />
          {isCut && (
            <p class="muted">{`Sorted, filtered and shown are the first ${countOf(rows.length, 'row')}. The CSV and the JSON have all.`}</p>
          )}
        </>
      )}
      <p class="prose muted">{proofText(answer).trim()}</p>
    </section>
  );
}

function totalText({ answer: { rows }, matching, shown, isCut, filter, skip }: ShownAnswer): string {
  const total = isCut ? `More than ${countOf(rows.length, 'row')}` : countOf(rows.length, 'row');
  const found = filter === '' ? total : `${countOf(matching.length, 'match', 'matches')} in ${total}`;
  return shown.length < matching.length ? `${found}, showing ${skip + 1} to ${skip + shown.length}` : found;
}
