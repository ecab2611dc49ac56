import { countOf, formatCount } from '../../text/counts';
import { Sparkline, type Point } from './sparkline';

/** An earlier value, and how many days ago it was. */
export interface Earlier {
  value: number;
  days: number;
}

export interface TileProps {
  title: string;
  /** Where the number leads to. */
  href?: string;
  value: number | undefined;
  /** Why the value is not known. */
  why: string;
  earlier: Earlier | undefined;
  points: readonly Point[];
}

/** A number with its trend, linked to what it counts. */
export function Tile({ title, href, value, why, earlier, points }: TileProps) {
  const content = (
    <>
      <span>{title}</span>
      {value === undefined ? (
        <>
          <span class="trend">not known yet</span>
          <span class="muted">{why}</span>
        </>
      ) : (
        <>
          <strong>{formatCount(value)}</strong>
          <Trend value={value} earlier={earlier} />
          <Sparkline points={points} />
        </>
      )}
    </>
  );
  return href === undefined || value === undefined ? (
    <div class="tile">{content}</div>
  ) : (
    <a class="tile" href={href}>
      {content}
    </a>
  );
}

function Trend({ value, earlier }: { value: number; earlier: Earlier | undefined }) {
  if (!earlier) return <span class="trend">trend not known yet</span>;
  if (value === earlier.value)
    return <span class="trend">{`no change in ${countOf(earlier.days, 'day')}`}</span>;
  return <ChangeSince value={value} earlier={earlier} />;
}

/** How a number differs from its earlier value. */
export function ChangeSince({ value, earlier }: { value: number; earlier: Earlier }) {
  const change = value - earlier.value;
  const within = `in ${countOf(earlier.days, 'day')}`;
  return change > 0 ? (
    <span class="trend up">{`${formatCount(change)} more ${within}`}</span>
  ) : (
    <span class="trend down">{`${formatCount(-change)} fewer ${within}`}</span>
  );
}
