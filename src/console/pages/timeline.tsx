import { formatDay } from '../../text/times';
import type { Membership } from '../../graph/read/explore';

/** The known bounds of when something began and ended, in milliseconds since the epoch; null if unknown. */
export type Span = Pick<Membership, 'validFromMs' | 'notBeforeMs' | 'validToMs' | 'endedAfterMs'>;

/** The time that bars are drawn along, in milliseconds since the epoch. */
export interface Axis {
  fromMs: number;
  toMs: number;
  /** A time to mark. */
  atMs?: number | undefined;
}

const DAY_MS = 86_400_000;

/** Width of a bar, in units of its drawing. */
const WIDTH = 240;
const HEIGHT = 16;

/**
 * Returns an axis that shows all known bounds: from a little before the first one, or from the start of history, and at
 * least a day.
 */
export function axisOf(spans: readonly Span[], now: Date, startMs: number | undefined, atMs?: number): Axis {
  const toMs = now.getTime();
  const known = [
    toMs - DAY_MS,
    ...(startMs === undefined ? [] : [startMs]),
    ...(atMs === undefined ? [] : [atMs]),
    ...spans.flatMap(({ validFromMs, notBeforeMs, validToMs, endedAfterMs }) =>
      [validFromMs, notBeforeMs, validToMs, endedAfterMs].filter((ms) => ms !== null),
    ),
  ];
  const first = Math.min(...known);
  return { fromMs: first - (toMs - first) / 25, toMs, atMs };
}

/**
 * A bar from the beginning to the end of a membership, paler where it may have begun or ended already. Decoration: its
 * row has the times as text.
 */
export function TimeBar({ span, axis }: { span: Span; axis: Axis }) {
  const { validFromMs, notBeforeMs, validToMs, endedAfterMs } = span;
  const x = (ms: number | null, otherwise: number) =>
    Math.round(
      ((Math.max(ms ?? otherwise, axis.fromMs) - axis.fromMs) / (axis.toMs - axis.fromMs)) * WIDTH * 10,
    ) / 10;
  const begun = x(validFromMs, axis.fromMs);
  const ended = x(endedAfterMs ?? validToMs, axis.toMs);
  const mayHaveBegun = notBeforeMs === null ? begun : x(notBeforeMs, axis.fromMs);
  const hasEnded = x(validToMs, axis.toMs);
  return (
    <svg class="timeline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <line class="axis" x1="0" x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} />
      <g class={validToMs === null ? 'held' : 'past'}>
        <Part from={mayHaveBegun} to={begun} isUncertain />
        <Part from={begun} to={ended} />
        <Part from={Math.max(begun, ended)} to={hasEnded} isUncertain />
      </g>
      {axis.atMs !== undefined && (
        <line class="at" x1={x(axis.atMs, 0)} x2={x(axis.atMs, 0)} y1="0" y2={HEIGHT} />
      )}
    </svg>
  );
}

function Part({ from, to, isUncertain = false }: { from: number; to: number; isUncertain?: boolean }) {
  if (to < from || (isUncertain && to === from)) return null;
  const width = Math.max(isUncertain ? 0 : 2, Math.round((to - from) * 10) / 10);
  return (
    <rect
      {...(isUncertain ? { class: 'between' } : {})}
      x={Math.min(from, WIDTH - width)}
      y="4"
      width={width}
      height="8"
      rx="2"
    />
  );
}

/** The dates at the ends of the axis, as the head of a column of bars. */
export function axisText({ fromMs, toMs }: Axis): string {
  return `${formatDay(fromMs)} – ${formatDay(toMs)}`;
}
