import { formatDay } from '../../text/times';
import { formatCount } from '../../text/counts';
import { DAY_MS, type DayChanges } from '../../graph/read/overview';
import { DayBars } from './dayBars';
import { changesPath, integrationPath } from './links';
import { Table } from './parts';

/** Days that the changes can be shown of. */
export const CHANGE_DAYS = [30, 90] as const;

export type ChangeDays = (typeof CHANGE_DAYS)[number];

/** Returns the start of the first of the last days, today included, in UTC. */
export function firstDayMs(now: Date, days: ChangeDays): number {
  return Math.floor(now.getTime() / DAY_MS - days + 1) * DAY_MS;
}

const NODES = [
  { name: 'created', color: 'var(--good)' },
  { name: 'updated', color: 'var(--busy)' },
  { name: 'deleted', color: 'var(--bad)' },
] as const;
const MEMBERSHIPS = [
  { name: 'joined', color: 'var(--good)' },
  { name: 'left', color: 'var(--bad)' },
] as const;

interface ChangesProps {
  domain: string;
  /** Days without an entry are not known. */
  changes: readonly DayChanges[];
  days: ChangeDays;
  now: Date;
}

/** What runs changed on each day, as charts and as a table. */
export function ChangesPerDay({ domain, changes, days, now }: ChangesProps) {
  const linkOf = (dayMs: number) =>
    changesPath(domain, { from: formatDay(dayMs), to: formatDay(dayMs + DAY_MS) });
  const range = {
    fromMs: firstDayMs(now, days),
    count: days,
    linkOf: days === CHANGE_DAYS[0] ? linkOf : undefined,
  };
  const of = (kinds: readonly { name: keyof DayChanges }[]) =>
    changes.map((change) => ({ dayMs: change.dayMs, values: kinds.map(({ name }) => change[name]) }));
  return (
    <section id="changes">
      <h2>Changes per day</h2>
      <nav class="filters" aria-label="Days">
        {CHANGE_DAYS.map((each) => (
          <a
            href={`${integrationPath(domain)}?days=${each}#changes`}
            {...(each === days ? { 'aria-current': 'true' } : {})}
          >
            {`${each} days`}
          </a>
        ))}
      </nav>
      {changes.length === 0 ? (
        <p class="muted">Not known yet: no run of these days is in the graph.</p>
      ) : (
        <>
          <DayBars title="Users and groups" kinds={NODES} days={of(NODES)} {...range} />
          <DayBars title="Memberships" kinds={MEMBERSHIPS} days={of(MEMBERSHIPS)} {...range} />
          <p class="muted">
            Days in UTC. A day without a bar or line had no run. What the first run read is not counted.
          </p>
          <details>
            <summary>As a table</summary>
            <ChangesTable changes={changes} linkOf={linkOf} />
          </details>
          <p>
            <a href={changesPath(domain, { from: `${days}d` })}>All changes</a>
          </p>
        </>
      )}
    </section>
  );
}

function ChangesTable({
  changes,
  linkOf,
}: Pick<ChangesProps, 'changes'> & { linkOf: (dayMs: number) => string }) {
  const kinds = [...NODES, ...MEMBERSHIPS];
  return (
    <Table caption="Changes per day" head={['Day', ...kinds.map(({ name }) => `#${name}`)]}>
      {changes.toReversed().map((change) => (
        <tr>
          <th scope="row">
            <a href={linkOf(change.dayMs)}>{formatDay(change.dayMs)}</a>
          </th>
          {kinds.map(({ name }) => (
            <td class="number">{formatCount(change[name])}</td>
          ))}
        </tr>
      ))}
    </Table>
  );
}
