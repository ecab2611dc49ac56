import { formatDuration } from '../../text/times';
import type { PhaseTime } from '../../graph/read/phases';
import type { RunPhase } from '../../graph/write/run';
import { Table } from './parts';

/** Names of the phases of a run. */
export const PHASE_NAMES: Readonly<Record<RunPhase, string>> = {
  lists: 'Users and groups',
  memberships: 'Memberships',
  access: 'Apps, roles and rules',
  sweep: 'Removals',
};

const WIDTH = 1_000;

/** Which part of a run's duration each phase took, as a waterfall. Nothing if that is not recorded. */
export function Phases({ phases, durationMs }: { phases: readonly PhaseTime[]; durationMs: number }) {
  if (phases.length === 0) return null;
  const wholeMs = Math.max(1, durationMs);
  return (
    <Table
      caption="Phases: when each began and how long it took"
      head={['Phase', 'Time', '#Began after', '#Took', '#Share']}
    >
      {phases.map(({ phase, fromMs, durationMs: tookMs }) => (
        <tr>
          <th scope="row">{PHASE_NAMES[phase]}</th>
          <td>
            <svg
              class="timeline"
              viewBox={`0 0 ${WIDTH} 20`}
              height="16"
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              <line class="axis" x1="0" x2={WIDTH} y1="10" y2="10" vector-effect="non-scaling-stroke" />
              <rect
                class="held"
                x={Math.round((fromMs / wholeMs) * WIDTH)}
                y="2"
                width={Math.max(4, Math.round((tookMs / wholeMs) * WIDTH))}
                height="16"
              />
            </svg>
          </td>
          <td class="number">{secondsOf(fromMs)}</td>
          <td class="number">{secondsOf(tookMs)}</td>
          <td class="number">{`${Math.round((tookMs / wholeMs) * 100)} %`}</td>
        </tr>
      ))}
    </Table>
  );
}

/** Formats milliseconds, to a tenth of a second below ten seconds. */
function secondsOf(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms);
}
