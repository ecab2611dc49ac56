import type { Trends } from '../../graph/read/overview';
import { statusNumber } from '../../graph/write/measures';
import { STATUSES } from '../../queries/measure';
import { formatCount } from '../../text/counts';
import { oktaWord } from '../../text/oktaWords';
import { listPath } from './links';
import { ChangeSince } from './tile';
import { trendOf } from './trendOf';

type Status = (typeof STATUSES)[number];

/** The CSS color of each status in the bar. */
const COLORS: Readonly<Record<Status, string>> = {
  ACTIVE: 'var(--good)',
  STAGED: 'var(--busy)',
  PROVISIONED: 'color-mix(in oklab, var(--busy) 55%, var(--card))',
  RECOVERY: 'color-mix(in oklab, var(--warn) 35%, var(--card))',
  PASSWORD_EXPIRED: 'color-mix(in oklab, var(--warn) 65%, var(--card))',
  LOCKED_OUT: 'var(--warn)',
  SUSPENDED: 'var(--bad)',
  DEPROVISIONED: 'var(--edge)',
};

const WIDTH = 1000;
const HEIGHT = 12;

/** Part of the width that a status with users has at least, to be seen. */
const MIN_SHARE = 0.004;

interface Part {
  name: string;
  color: string;
  count: number;
  /** Absent for the statuses that have no name here. */
  href?: string;
  change?: { value: number; days: number };
}

/** A bar of an org's users by status, with the number of each and where it leads to; nothing before the first measure. */
export function StatusBar({ domain, trends }: { domain: string; trends: Trends }) {
  const { latest } = trends;
  if (latest && STATUSES.every((status) => latest.numbers[statusNumber(status)] === undefined))
    return (
      <p class="muted">
        Users by status: not known yet. It took too long to count them at the end of the last run.
      </p>
    );
  const parts = partsOf(domain, trends);
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const widths = parts.map(({ count }) => (count === 0 ? 0 : Math.max(MIN_SHARE, count / total)));
  const all = widths.reduce((sum, width) => sum + width, 0);
  const at = (n: number) => (widths.slice(0, n).reduce((sum, width) => sum + width, 0) / all) * WIDTH;
  return (
    <figure class="card">
      <figcaption>Users by status</figcaption>
      <svg class="whole" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ color }, n) => (
          <rect x={at(n)} width={at(n + 1) - at(n)} height={HEIGHT} fill={color} />
        ))}
      </svg>
      <ul class="shares">
        {parts.map(({ name, color, count, href, change }) => (
          <li>
            <svg width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" fill={color} />
            </svg>{' '}
            {href === undefined ? name : <a href={href}>{name}</a>} <strong>{formatCount(count)}</strong>{' '}
            {change && change.value !== count && <ChangeSince value={count} earlier={change} />}
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** Returns the statuses that users have or had, and those that Okta has added since as one. */
function partsOf(domain: string, trends: Trends): Part[] {
  const { latest, series } = trends;
  if (!latest) return [];
  const parts = STATUSES.filter((status) =>
    series.some(({ numbers }) => (numbers[statusNumber(status)] ?? 0) > 0),
  ).map((status): Part => {
    const { value, earlier } = trendOf(trends, statusNumber(status));
    return {
      ...{ name: oktaWord(status), color: COLORS[status], count: value ?? 0 },
      href: listPath(domain, 'User', { kind: status }),
      ...(earlier && { change: earlier }),
    };
  });
  const known = parts.reduce((sum, { count }) => sum + count, 0);
  const others = (latest.numbers['users'] ?? known) - known;
  return others > 0 ? [...parts, { name: 'Other', color: 'var(--text)', count: others }] : parts;
}
