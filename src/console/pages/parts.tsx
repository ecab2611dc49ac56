import type { Child } from 'hono/jsx';
import { formatCount } from '../../text/counts';
import { formatAge, formatDuration, formatTime } from '../../text/times';
import { oktaWord } from '../../text/oktaWords';
import { isVisible, printable } from '../../text/printable';
import type { SyncOutcome } from '../../contract';
import type { OrgSize } from '../../graph/read/orgSize';
import type { AccessPageKind } from '../../graph/read/access';
import type { IntegrationState } from '../read/integration';
import { accessPath, listPath } from './links';

/** Returns text from Okta without characters that could reorder or hide other text. JSX escapes it. */
export function nameOf(text: string | null | undefined, otherwise: string): string {
  return isVisible(text ?? '') ? printable(text ?? '') : otherwise;
}

/** Text with code between backticks. */
export function Marked({ text }: { text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>;
}

/** A past time, as how long ago it was. */
export function TimeAgo({ time, now }: { time: Date; now: Date }) {
  return (
    <time datetime={time.toISOString()} title={formatTime(time)}>
      {formatAge(time, now)}
    </time>
  );
}

/** A future time, as how long until then. */
export function TimeUntil({ time, now }: { time: Date; now: Date }) {
  const leftMs = time.getTime() - now.getTime();
  return (
    <time datetime={time.toISOString()} title={formatTime(time)}>
      {leftMs > 0 ? `in ${formatDuration(leftMs)}` : 'now'}
    </time>
  );
}

const TONES: Readonly<Record<IntegrationState | SyncOutcome, string>> = {
  active: 'good',
  succeeded: 'good',
  running: 'busy',
  warning: 'warn',
  late: 'warn',
  partial: 'warn',
  error: 'bad',
  failed: 'bad',
  abandoned: 'bad',
  paused: 'still',
  unverified: 'still',
  cancelled: 'still',
};

/** States whose names for programs are not those for people. */
const WORDS: Partial<Record<IntegrationState | SyncOutcome, string>> = {
  active: 'up to date',
  unverified: 'not synced yet',
};

/** A state as words and a color, never as a color alone. */
export function Badge({ state }: { state: IntegrationState | SyncOutcome }) {
  return <span class={`badge ${TONES[state]}`}>{WORDS[state] ?? state}</span>;
}

/** Marks a user or group that Okta has deleted, or that Okta no longer has although it was not removed here. */
export function GoneBadge({ isDeleted, isMissing }: { isDeleted: boolean; isMissing: boolean }) {
  if (isDeleted) return <span class="badge still">deleted in Okta</span>;
  return isMissing ? <span class="badge warn">not found in Okta</span> : null;
}

/** A status or type in the words of the Okta Admin Console, with the API's name as its title. */
export function OktaWord({ name }: { name: string | null | undefined }) {
  const shown = nameOf(name, '');
  const word = oktaWord(shown);
  return word === shown ? <>{shown}</> : <span title={shown}>{word}</span>;
}

/** The status of a user who is not active. */
export function StatusBadge({ status }: { status: string | undefined }) {
  if (status === undefined || status === 'ACTIVE') return null;
  return (
    <span class="badge still">
      <OktaWord name={status} />
    </span>
  );
}

export function Count({ value, href }: { value: number; href?: string }) {
  const text = formatCount(value);
  return href === undefined ? (
    <span class="count">{text}</span>
  ) : (
    <a class="count" href={href}>
      {text}
    </a>
  );
}

/** Names of what an org has, with the kind of pages that list it. */
const ACCESS_SIZES: readonly [
  kind: 'apps' | 'assignments' | 'roles' | 'rules',
  name: string,
  page?: AccessPageKind,
][] = [
  ['apps', 'Apps', 'apps'],
  ['assignments', 'App assignments'],
  ['roles', 'Admin role assignments', 'roles'],
  ['rules', 'Group rules', 'rules'],
];

/** Facts about the size of an org; what is not synced is left out. */
export function sizeFacts(domain: string, size: OrgSize): readonly (readonly [name: string, value: Child])[] {
  return [
    ['Users', <Count value={size.users} href={listPath(domain, 'User')} />],
    ['Groups', <Count value={size.groups} href={listPath(domain, 'Group')} />],
    ['Memberships', <Count value={size.memberships} />],
    ...ACCESS_SIZES.flatMap(([kind, name, page]) => {
      const value = size[kind];
      if (value === null) return [];
      return [[name, <Count value={value} {...(page && { href: accessPath(domain, page) })} />] as const];
    }),
  ];
}

/** A list of names and values. */
export function Facts({
  facts,
}: {
  facts: readonly (readonly [name: string, value: Child] | false | undefined)[];
}) {
  return (
    <dl class="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** The head of a column that the server sorts by; its link turns the order around. */
export function SortHead({
  name,
  href,
  sort,
  isNumber = false,
}: {
  name: string;
  href: string;
  sort: 'ascending' | 'descending' | 'none';
  isNumber?: boolean;
}) {
  return (
    <th scope="col" aria-sort={sort} {...(isNumber ? { class: 'number' } : {})}>
      <a href={href}>{name}</a>
    </th>
  );
}

/** Links to the pages before and after this one. */
export function PageLinks({ previous, next }: { previous?: string | undefined; next?: string | undefined }) {
  if (previous === undefined && next === undefined) return null;
  return (
    <p class="row">
      {previous !== undefined && (
        <a class="button quiet" href={previous} rel="prev">
          Previous page
        </a>
      )}
      {next !== undefined && (
        <a class="button" href={next} rel="next">
          Next page
        </a>
      )}
    </p>
  );
}

/** Tables with more columns scroll in a box of their own on wide screens too. */
const MAX_IN_PAGE = 6;

/** A table that scrolls in its box on narrow screens, also by keyboard, and with the page on wide ones. */
export function Table({
  caption,
  head,
  isSortable = false,
  children,
}: {
  caption: string;
  /** Column names, or heads of their own; `#` at the start of a name marks a column of numbers. */
  head: readonly Child[];
  /** True if all rows are on the page, so that a script can sort them. */
  isSortable?: boolean;
  children?: Child;
}) {
  return (
    <div
      class={head.length > MAX_IN_PAGE ? 'scroll' : 'scroll fits'}
      tabindex={0}
      role="region"
      aria-label={caption}
    >
      <table {...(isSortable ? { class: 'sortable' } : {})}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((name) =>
              typeof name !== 'string' ? (
                name
              ) : name.startsWith('#') ? (
                <th scope="col" class="number">
                  {name.slice(1)}
                </th>
              ) : (
                <th scope="col">{name}</th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Says below a table that it does not show all. */
export function FirstOf({ shown, total }: { shown: number; total: number }) {
  if (shown >= total) return null;
  return <p class="muted">{`The first ${formatCount(shown)} of ${formatCount(total)}.`}</p>;
}

/** Error messages, each in its own paragraph. */
export function Faults({ faults }: { faults: readonly string[] }) {
  return (
    <>
      {faults.map((fault) => (
        <p class="fault" role="alert">
          {fault}
        </p>
      ))}
    </>
  );
}
