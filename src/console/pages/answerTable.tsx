import { capitalized } from '../../text/capitalized';
import type { Child } from 'hono/jsx';
import type { AccessPageKind } from '../../graph/read/access';
import { shownCell } from '../../queries/answerText';
import type { Answer, Value } from '../../queries/answer';
import type { Question } from '../../queries/question';
import { formatCount } from '../../text/counts';
import { oktaWord } from '../../text/oktaWords';
import { pagePath } from './links';
import { Facts, nameOf, OktaWord, SortHead } from './parts';

type Row = Answer['rows'][number];

/** How the rows are ordered: by a column, or as the question orders them. */
export interface Order {
  column?: string;
  isDescending: boolean;
}

/**
 * An answer's rows for reading: ids that only lead to pages are links of their names, and a value that all rows share
 * stands above the table once.
 */
export function AnswerTable({
  domain,
  question,
  rows,
  all,
  isCut,
  order,
  orderPath,
}: {
  domain: string;
  question: Question;
  /** The rows of this page. */
  rows: readonly Row[];
  /** All rows that were read. */
  all: readonly Row[];
  /** True if there are more, so that nothing can be said of all. */
  isCut: boolean;
  order: Order;
  /** Returns the path of the same answer in another order. */
  orderPath: (order: Order) => string;
}) {
  const columns = question.columns.filter((column) => !isBesideAnother(question.columns, column));
  const shared = columns.filter((column) => !isCut && isShared(all, column));
  const empty = columns.filter((column) => !isCut && all.every((row) => (row[column] ?? null) === null));
  const shown = columns.filter((column) => !shared.includes(column) && !empty.includes(column));
  return (
    <>
      {shared.length > 0 && (
        <Facts
          facts={shared.map((column) => [
            titleOf(column),
            <Cell {...{ domain, question, row: all[0] ?? {}, column }} />,
          ])}
        />
      )}
      {empty.length > 0 && (
        <p class="muted">{`Empty in every row: ${empty.map((column) => titleOf(column).toLowerCase()).join(', ')}`}</p>
      )}
      <div class="scroll" tabindex={0} role="region" aria-label={question.question}>
        <table>
          <caption>{question.question}</caption>
          <thead>
            <tr>
              {shown.map((column) => (
                <Head {...{ column, all, order, orderPath }} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr>
                {shown.map((column) => (
                  <td {...classOf(row[column] ?? null)}>
                    <Cell {...{ domain, question, row, column }} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Head({
  column,
  all,
  order,
  orderPath,
}: {
  column: string;
  all: readonly Row[];
  order: Order;
  orderPath: (order: Order) => string;
}) {
  const isChosen = order.column === column;
  const isNumber = all.some((row) => typeof row[column] === 'number');
  const isDescending = isChosen && !order.isDescending;
  const sort = isChosen ? (order.isDescending ? 'descending' : 'ascending') : 'none';
  return (
    <SortHead {...{ name: titleOf(column), href: orderPath({ column, isDescending }), sort, isNumber }} />
  );
}

/** Columns with a status or a type of Okta's. */
const OKTA_WORDS = /(^|_)status(_now)?$|^type$/;

/** Returns a value as the table shows it, except for its links. */
export function shownText(column: string, value: Value): string {
  const text = shownCell(value);
  return OKTA_WORDS.test(column) ? oktaWord(text) : text;
}

function titleOf(column: string): string {
  return capitalized(column.replaceAll('_', ' '));
}

/** Returns true if all of at least two rows have the same value, which is not a number to compare or sum up. */
function isShared(rows: readonly Row[], column: string): boolean {
  const [first, ...rest] = rows;
  const value = first?.[column] ?? null;
  if (rest.length === 0 || value === null || typeof value === 'number' || Array.isArray(value)) return false;
  return rest.every((row) => row[column] === value);
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

/** Returns true for the id of what another column names, and for the email below a person's name. */
function isBesideAnother(columns: readonly string[], column: string): boolean {
  const has = (name: string) => columns.includes(name);
  if (column === 'email') return has('person');
  if (column === 'other_id') return has('other');
  if (column === 'id') return has('name') && has('kind');
  return Object.entries(NAMES).some(([name, [, id]]) => id === column && has(name));
}

/** Returns what a column of a row names, and the column of its id; undefined if it names nothing that has a page. */
function namedIn(row: Row, column: string): readonly [Linked, string] | undefined {
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
  row: Row;
  column: string;
}) {
  const value = row[column] ?? null;
  const [linked, idColumn] = namedIn(row, column) ?? [];
  const id = idColumn === undefined ? null : row[idColumn];
  // A deleted app has no page.
  const isPast = linked === 'apps' && question.needs === 'history' && row['is_deleted'] !== false;
  if (linked !== undefined && typeof id === 'string')
    return isPast ? (
      <>{nameOf(shownCell(value), id)}</>
    ) : (
      <>
        <a href={pagePath(domain, linked, id)}>{nameOf(shownCell(value), id)}</a>
        {column === 'person' && <div class="muted">{nameOf(shownCell(row['email'] ?? null), '')}</div>}
      </>
    );
  if (OKTA_WORDS.test(column) && typeof value === 'string') return <OktaWord name={value} />;
  return <>{valueText(value)}</>;
}

/** Number of names that are shown at once. */
const MAX_CHIPS = 6;

function classOf(value: Value): { class?: string } {
  if (typeof value === 'number') return { class: 'number' };
  return Array.isArray(value) ? { class: 'chips' } : {};
}

function valueText(value: Value): Child {
  if (typeof value === 'number' && Number.isInteger(value)) return formatCount(value);
  if (!Array.isArray(value)) return nameOf(shownCell(value), '');
  const names = value.map((each: Value) => nameOf(shownCell(each), ''));
  const rest = names.slice(MAX_CHIPS);
  return (
    <>
      {names.slice(0, MAX_CHIPS).map((name) => (
        <span class="chip">{name}</span>
      ))}
      {rest.length > 0 && (
        <details>
          <summary>{`and ${rest.length} more`}</summary>
          {rest.join(', ')}
        </details>
      )}
    </>
  );
}
