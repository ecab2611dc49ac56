import { formatDay } from '../../text/times';
import { formatCount } from '../../text/counts';
import { DAY_MS } from '../../graph/read/overview';

/** A kind of bar: its name, and the CSS color of its part. */
export interface BarKind {
  name: string;
  color: string;
}

interface DayBarsProps {
  title: string;
  kinds: readonly BarKind[];
  /** Values of each kind on the days that are known. */
  days: readonly { dayMs: number; values: readonly number[] }[];
  fromMs: number;
  count: number;
  /** Returns the path of the page that shows what happened on a day; absent if bars are too narrow to be hit. */
  linkOf?: ((dayMs: number) => string) | undefined;
}

const WIDTH = 720;
const HEIGHT = 152;
const TOP = 24;
const BOTTOM = HEIGHT - 24;

/**
 * A bar for each day, of parts by kind; a day with no changes is a line, and one that is not known has nothing. Each day can
 * be a link, left out of the tab order, which would be full of them: a table next to it MUST have the same links.
 */
export function DayBars({ title, kinds, days, fromMs, count, linkOf }: DayBarsProps) {
  const totals = kinds.map((_, i) => days.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const max = Math.max(1, ...days.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
  const step = WIDTH / count;
  const scale = (value: number) => (value / max) * (BOTTOM - TOP);
  const x = (dayMs: number) => rounded(((dayMs - fromMs) / DAY_MS) * step);
  const bar = rounded(step * 0.8);
  const parts = kinds.map((_, i) =>
    days
      .map(({ dayMs, values }) => {
        const below = values.slice(0, i).reduce((sum, value) => sum + value, 0);
        const height = scale(values[i] ?? 0);
        if (height === 0) return '';
        return `M${x(dayMs)} ${rounded(BOTTOM - scale(below))}h${bar}v${-rounded(height)}h${-bar}z`;
      })
      .join(''),
  );
  const legend = kinds.map(({ name }, i) => `${formatCount(totals[i] ?? 0)} ${name}`).join(', ');
  const none = days.filter(({ values }) => values.every((value) => value === 0));
  return (
    <figure>
      <figcaption>
        {title}{' '}
        {kinds.map(({ name, color }, i) => (
          <span class="muted">
            <svg width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" fill={color} />
            </svg>
            {` ${formatCount(totals[i] ?? 0)} ${name} `}
          </span>
        ))}
      </figcaption>
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="group"
        aria-label={`${title} from ${formatDay(fromMs)}: ${legend}; at most ${formatCount(max)} on one day`}
      >
        <line class="axis" x1="0" x2={WIDTH} y1={BOTTOM} y2={BOTTOM} />
        <line class="axis" x1="0" x2={WIDTH} y1={TOP} y2={TOP} />
        {kinds.map(({ color }, i) => (
          <path d={parts[i]} fill={color} />
        ))}
        <path
          d={none.map(({ dayMs }) => `M${x(dayMs)} ${BOTTOM - 1}h${bar}`).join('')}
          stroke="currentColor"
          stroke-width="2"
        />
        {linkOf &&
          days.map(({ dayMs, values }) => (
            <a
              href={linkOf(dayMs)}
              tabindex={-1}
              aria-label={`${title} on ${formatDay(dayMs)}: ${kinds.map(({ name }, i) => `${formatCount(values[i] ?? 0)} ${name}`).join(', ')}`}
            >
              <rect class="day" x={x(dayMs)} y={TOP} width={bar} height={BOTTOM - TOP} />
            </a>
          ))}
        <text x="0" y={TOP - 4}>
          {formatCount(max)}
        </text>
        <text x="0" y={HEIGHT - 4}>
          {formatDay(fromMs)}
        </text>
        <text x={WIDTH} y={HEIGHT - 4} text-anchor="end">
          {formatDay(fromMs + (count - 1) * DAY_MS)}
        </text>
      </svg>
    </figure>
  );
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
