import { countOf } from '../../cli/counts';
import { formatDuration } from '../../cli/duration';
import type { RecordedRun } from '../../graph/reports';
import type { SyncReport } from '../../contract';

interface Measure {
  name: string;
  of: (report: SyncReport) => number;
  text: (value: number) => string;
}

const MEASURES: readonly Measure[] = [
  { name: 'Duration', of: ({ durationMs }) => durationMs, text: formatDuration },
  { name: 'Changes', of: changesOf, text: (value) => countOf(value, 'change') },
  { name: 'Calls to Okta', of: ({ okta }) => okta.requests, text: (value) => countOf(value, 'call') },
];

/** What a run changed in the graph, all kinds together. */
export function changesOf({ users, groups, memberships }: SyncReport): number {
  return [users, groups].reduce(
    (sum, { created, updated, deleted }) => sum + created + updated + deleted,
    memberships.added + memberships.removed,
  );
}

/** The last runs, the oldest first, as bars; the table beside it says the same in numbers. */
export function RunsChart({ runs }: { runs: readonly RecordedRun[] }) {
  const reports = runs.flatMap(({ report }) => report ?? []).reverse();
  if (reports.length < 2) return null;
  return (
    <div class="charts">
      {MEASURES.map((measure) => (
        <Bars measure={measure} reports={reports} />
      ))}
    </div>
  );
}

const HEIGHT = 60;
const STEP = 12;

function Bars({ measure, reports }: { measure: Measure; reports: readonly SyncReport[] }) {
  const values = reports.map(measure.of);
  const most = Math.max(1, ...values);
  const label = `${measure.name} of the last ${reports.length} runs, at most ${measure.text(most)}`;
  return (
    <figure>
      <figcaption>
        {measure.name} <span class="muted">at most {measure.text(most)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${reports.length * STEP} ${HEIGHT}`}
        role="img"
        aria-label={label}
        preserveAspectRatio="xMinYMax meet"
      >
        {reports.map((report, i) => {
          const value = values[i] ?? 0;
          const height = Math.max(2, Math.round((value / most) * (HEIGHT - 2)));
          return (
            <rect
              class={`bar ${report.outcome}`}
              x={i * STEP}
              y={HEIGHT - height}
              width={STEP - 3}
              height={height}
            >
              <title>{`#${report.runNumber}: ${measure.text(value)}, ${report.outcome}`}</title>
            </rect>
          );
        })}
      </svg>
    </figure>
  );
}
