import { countOf, formatCount } from '../../text/counts';
import { formatDay, formatTime } from '../../text/times';
import type { About, GraphChange } from '../../graph/read/changes';
import {
  CHANGE_OBJECTS,
  countsIn,
  totalIn,
  type ChangedObject,
  type DatedRun,
  type Reads,
} from '../../graph/read/changingRuns';
import type { ChangesPlace, FoundChanges } from '../read/changes';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { changesPath, integrationPath, nodePath, runPath } from './links';
import { Facts, nameOf } from './parts';
import { ChangesTable, MissingText } from './runChanges';

/** Names of what changes. */
const KIND_TITLES: Readonly<Record<ChangedObject, string>> = {
  user: 'Users',
  group: 'Groups',
  membership: 'Memberships',
  app: 'Apps',
  assignment: 'App assignments',
  role: 'Admin roles',
  rule: 'Group rules',
};

/** The kind in SYNC_ACCESS that has to be synced. */
const NEEDS: Partial<Record<ChangedObject, 'apps' | 'roles' | 'rules'>> = {
  app: 'apps',
  assignment: 'apps',
  role: 'roles',
  rule: 'rules',
};

/** What the page of changes is limited to, as its address has it. */
export interface ChangesFilter {
  /** As {@link parseTime} takes it; the default if empty. */
  from: string;
  to: string;
  /** Null if the address has one that does not exist. */
  kind: ChangedObject | null | undefined;
  about: About | undefined;
}

interface ChangesPageProps {
  page: PageContext;
  domain: string;
  filter: ChangesFilter;
  /** The times that the page shows; undefined if they are not valid. */
  span: { fromMs: number; toMs: number } | undefined;
  /** Name of the user or group in the filter. */
  aboutName: string | null | undefined;
  /** Why there is nothing. */
  fault?: string | undefined;
  /** What the answer leaves out. */
  note?: string | undefined;
  /** Absent for a time that history does not cover. */
  reads?: Reads | undefined;
  /** Undefined if no run has read anything in the time. */
  found: FoundChanges | undefined;
  /** Where the page begins; absent for the first. */
  place?: ChangesPlace | undefined;
  /** Most changes of one run that pages go through. */
  max: number;
  now: Date;
}

/** What changed in an org from one time until another, over all runs. */
export function ChangesPage(props: ChangesPageProps) {
  const { page, domain, filter, span, aboutName, fault, note, reads, found, now } = props;
  const { kind, about } = filter;
  const path = (changed: Partial<ChangesFilter>) => changesPath(domain, queryOf({ ...filter, ...changed }));
  const kinds = CHANGE_OBJECTS.filter((each) => {
    const needed = NEEDS[each];
    return needed === undefined || page.access.includes(needed);
  });
  return (
    <Layout title={`Changes of ${domain}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a>
      </p>
      <h1>Changes</h1>
      <p class="under">What changed in Okta, newest first, by the run that found it.</p>
      <nav class="filters" aria-label="Time">
        {presetsOf(now).map(([name, from]) => (
          <a
            href={path({ from, to: '' })}
            {...(from === filter.from && filter.to === '' ? { 'aria-current': 'true' } : {})}
          >
            {name}
          </a>
        ))}
      </nav>
      <form action={changesPath(domain)} class="row">
        <div>
          <label for="from">From (UTC)</label>{' '}
          <input
            id="from"
            name="from"
            type="datetime-local"
            value={span ? minuteOf(span.fromMs) : ''}
            max={minuteOf(now.getTime())}
            required
          />
        </div>
        <div>
          <label for="to">To (UTC)</label>{' '}
          <input
            id="to"
            name="to"
            type="datetime-local"
            value={span && filter.to !== '' ? minuteOf(span.toMs) : ''}
          />
        </div>
        {Object.entries(queryOf({ ...filter, from: '', to: '' })).map(([name, value]) => (
          <input type="hidden" {...{ name, value }} />
        ))}
        <button>Show</button>
      </form>
      {about && (
        <p>
          {`Only of the ${about.label.toLowerCase()} `}
          <a href={nodePath(domain, about.label, about.id)}>{nameOf(aboutName, about.id)}</a>
          {'. '}
          <a href={path({ about: undefined })}>Show all</a>
        </p>
      )}
      <nav class="filters" aria-label="Kind">
        {[undefined, ...kinds].map((each) => (
          <a href={path({ kind: each })} {...(each === kind ? { 'aria-current': 'true' } : {})}>
            {each === undefined ? 'All' : KIND_TITLES[each]}
          </a>
        ))}
      </nav>
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {note !== undefined && <p class="note">{note}</p>}
      {reads && span && <Known reads={reads} toMs={span.toMs} />}
      {found && <Found {...props} found={found} />}
    </Layout>
  );
}

/** Says what of a time no run has read. */
function Known({ reads: { count, lastMs }, toMs }: { reads: Reads; toMs: number }) {
  const last =
    lastMs === null ? '' : ` The last full or incremental run read Okta at ${formatTime(new Date(lastMs))}.`;
  if (count === 0)
    return (
      <p class="note">{`No full or incremental run read Okta in this time. What changed in it is listed with the run that found it.${last}`}</p>
    );
  return lastMs !== null && lastMs < toMs ? <p class="muted">{last.trim()}</p> : null;
}

function Found(props: ChangesPageProps & { found: FoundChanges }) {
  const { domain, filter, found, place, max } = props;
  const { changes, runs, counted, first, next } = found;
  const { kind, about } = filter;
  const kinds = (kind ? [kind] : CHANGE_OBJECTS).filter((each) => totalIn(counted, [each]) > 0);
  const total = totalIn(counted, kinds);
  const isWhole = !place && !next;
  const csv = changesPath(domain, queryOf(filter), 'changes.csv');
  return (
    <section>
      <h2>{about && !isWhole ? 'Changes' : countOf(about ? changes.length : total, 'change')}</h2>
      {place && (
        <p class="muted">
          {`Continued from run #${place.run}${place.skip > 0 ? `, after its first ${countOf(place.skip, 'change')}` : ''}.`}
        </p>
      )}
      {first.map(({ runId, runNumber }) => (
        <p class="note">
          <a href={runPath(domain, runId)}>{`Run #${runNumber}`}</a>
          {' read into an empty graph. What it added did not change in Okta, and is left out.'}
        </p>
      ))}
      {!about && (
        <Facts facts={kinds.map((each) => [KIND_TITLES[each], totalsText(counted, each)] as const)} />
      )}
      {(kind === 'app' || kind === 'rule') && (
        <p class="muted">Updates of apps and group rules are counted in the report of a run, not listed.</p>
      )}
      {byDay(changes, runs).map(([day, some]) => (
        <section>
          <h3>{day}</h3>
          <ChangesTable domain={domain} changes={some} runs={runs} caption={`Changes on ${day}`} />
        </section>
      ))}
      {!about && isWhole && <MissingText missing={Math.max(0, total - changes.length)} />}
      <p class="row">
        {place && (
          <a class="button quiet" href={changesPath(domain, queryOf(filter))}>
            Newest
          </a>
        )}
        {next && next.skip < max && (
          <a
            class="button"
            href={changesPath(domain, {
              ...queryOf(filter),
              run: String(next.run),
              skip: String(next.skip),
            })}
            rel="next"
          >
            More changes
          </a>
        )}
        {changes.length > 0 && (
          <a class="button quiet" href={csv} download>
            CSV
          </a>
        )}
      </p>
      {next && next.skip >= max && (
        <p class="muted">
          {`Pages show the first ${formatCount(max)} changes of a run; the CSV has all. `}
          <a href={changesPath(domain, { ...queryOf(filter), run: String(next.run - 1) })}>Older runs</a>
        </p>
      )}
    </section>
  );
}

const totalsText = (runs: readonly DatedRun[], kind: ChangedObject): string =>
  Object.entries(countsIn(runs, kind))
    .filter(([, count]) => count > 0)
    .map(([change, count]) => `${formatCount(count)} ${change}`)
    .join(', ');

/** Groups changes by the day, in UTC, of the run that found them. */
function byDay(
  changes: FoundChanges['changes'],
  runs: ReadonlyMap<number, DatedRun>,
): [day: string, changes: GraphChange[]][] {
  const days = new Map<string, GraphChange[]>();
  for (const change of changes) {
    const day = formatDay(runs.get(change.runNumber)?.atMs ?? 0);
    days.set(day, [...(days.get(day) ?? []), change]);
  }
  return [...days];
}

/** The query string of a filter. */
function queryOf({ from, to, kind, about }: ChangesFilter): Record<string, string> {
  return {
    ...(from !== '' && { from }),
    ...(to !== '' && { to }),
    ...(kind && { kind }),
    ...(about && { [about.label.toLowerCase()]: about.id }),
  };
}

/** Usual times, with the text that means them. */
function presetsOf(now: Date): (readonly [name: string, from: string])[] {
  const yesterday = formatDay(now.getTime() - 86_400_000);
  return [
    ['Last 24 hours', '1d'],
    ['Since yesterday evening (18:00 UTC)', `${yesterday}T18:00`],
    ['7 days', '7d'],
    ['30 days', '30d'],
  ];
}

const minuteOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

/** Says that history begins within the time that was asked for. */
export const partlyCoveredText = (historySinceMs: number): string =>
  `History begins at ${formatTime(new Date(historySinceMs))}. What changed before is not known.`;
