import { countOf } from '../../text/counts';
import { formatDuration } from '../../text/times';
import type { RecordedRun } from '../../graph/read/reports';
import { changesIn, type SyncReport } from '../../contract';

interface Measure {
  name: string;
  of: (report: SyncReport) => number;
  text: (value: number) => string;
}

const MEASURES: readonly Measure[] = [
  { name: 'Duration', of: ({ durationMs }) => durationMs, text: formatDuration },
  { name: 'Changes', of: changesIn, text: (value) => countOf(value, 'change') },
  { name: 'Okta API requests', of: ({ okta }) => okta.requests, text: (value) => countOf(value, 'request') },
];

/** Bar charts of the last runs, oldest first. The table below has the same numbers. */
export function RunsChart({ runs }: { runs: readonly RecordedRun[] }) {
  const reports = runs.flatMap(({ report }) => report ?? []).reverse();
  if (reports.length < 2) return null;
  return (
    <section>
      <h2>Last runs</h2>
      <div class="charts">
        {MEASURES.map((measure) => (
          <Bars measure={measure} reports={reports} />
        ))}
      </div>
    </section>
  );
}

const HEIGHT = 60;
const STEP = 12;

function Bars({ measure, reports }: { measure: Measure; reports: readonly SyncReport[] }) {
  const values = reports.map(measure.of);
  const max = Math.max(1, ...values);
  const label = `${measure.name} of the last ${reports.length} runs, max. ${measure.text(max)}`;
  return (
    <figure>
      <figcaption>
        {measure.name} <span class="muted">max. {measure.text(max)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${reports.length * STEP} ${HEIGHT}`}
        role="img"
        aria-label={label}
        preserveAspectRatio="xMinYMax meet"
      >
        {reports.map((report, i) => {
          const value = values[i] ?? 0;
          const height = Math.max(2, Math.round((value / max) * (HEIGHT - 2)));
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
