import { formatDay } from '../../text/times';
import { countOf, formatCount } from '../../text/counts';
import type { SizeOfDay } from '../../graph/read/surroundings';
import type { Axis } from './timeline';

const WIDTH = 720;
const HEIGHT = 128;
/** Above and below, for text in the size that phones show. */
const MARGIN = 24;

/**
 * The size of a group over time, as steps, from the start of history, before which nobody knows it; nothing if it has not
 * changed since then.
 */
export function SizeChart({
  sizes: all,
  axis,
  startMs,
}: {
  sizes: readonly SizeOfDay[];
  axis: Axis;
  startMs: number;
}) {
  const before = all.filter(({ dayMs }) => dayMs < startMs).at(-1);
  const sizes = all.filter((each) => each === before || each.dayMs >= startMs);
  const [first] = sizes;
  const last = sizes.at(-1);
  if (!first || !last || first === last) return null;
  const max = Math.max(1, ...sizes.map(({ members }) => members));
  const x = (ms: number) =>
    Math.round(((Math.max(ms, axis.fromMs) - axis.fromMs) / (axis.toMs - axis.fromMs)) * WIDTH);
  const y = (members: number) => Math.round(HEIGHT - MARGIN - (members / max) * (HEIGHT - 2 * MARGIN));
  const steps = sizes.map(({ dayMs, members }) => `H${x(dayMs)}V${y(members)}`);
  const label = `From ${countOf(first.members, 'member')} on ${formatDay(startMs)} to ${countOf(last.members, 'member')} now; at most ${formatCount(max)}`;
  return (
    <figure>
      <figcaption>
        Members <span class="muted">{label}</span>
      </figcaption>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        <line class="axis" x1="0" x2={WIDTH} y1={HEIGHT - MARGIN} y2={HEIGHT - MARGIN} />
        <path
          d={`M${x(startMs)} ${y(first.members)}${steps.join('')}H${WIDTH}`}
          fill="none"
          stroke="var(--accent)"
          stroke-width="2"
        />
        <text x="0" y={MARGIN - 4}>
          {formatCount(max)}
        </text>
        <text x="0" y={HEIGHT - 2}>
          {formatDay(axis.fromMs)}
        </text>
        <text x={WIDTH} y={HEIGHT - 2} text-anchor="end">
          now
        </text>
      </svg>
    </figure>
  );
}
