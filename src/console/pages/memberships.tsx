import { formatTime } from '../../text/times';
import type { Membership } from '../../graph/read/explore';
import { nodePath } from './links';
import { GoneBadge, nameOf, OktaWord, Table } from './parts';
import { axisText, TimeBar, type Axis } from './timeline';

/** The memberships of a user or group, with a bar for when each was valid, if history says. */
export function Memberships({
  domain,
  of,
  memberships,
  caption,
  axis,
  isWhole,
}: {
  domain: string;
  of: 'User' | 'Group';
  memberships: readonly Membership[];
  caption: string;
  axis: Axis;
  /** True if there are no more on other pages, so that they can be sorted. */
  isWhole: boolean;
}) {
  const isHistory = memberships.some(({ validFromMs, validToMs }) => (validFromMs ?? validToMs) !== null);
  const hasEnded = memberships.some(({ validToMs }) => validToMs !== null);
  const other = of === 'User' ? ['Group', 'Type'] : ['Member', 'Status'];
  const times = isHistory ? ['Joined', ...(hasEnded ? ['Left'] : []), axisText(axis)] : [];
  return (
    <Table caption={caption} head={[...other, ...times]} isSortable={isWhole}>
      {memberships.map((membership) => (
        <tr>
          <th scope="row">
            <a href={nodePath(domain, membership.label, membership.id)}>
              {nameOf(membership.name, membership.id)}
            </a>{' '}
            <GoneBadge {...membership} />
            {of === 'Group' && <div class="muted">{nameOf(membership.detail, '')}</div>}
          </th>
          <td>
            <OktaWord name={membership.kind} />
          </td>
          {isHistory && (
            <>
              <td class="when" data-value={membership.validFromMs ?? 0}>
                {joined(membership)}
              </td>
              {hasEnded && (
                <td class="when" data-value={membership.validToMs ?? ''}>
                  {left(membership)}
                </td>
              )}
              <td data-value={membership.validFromMs ?? 0}>
                <TimeBar span={membership} axis={axis} />
              </td>
            </>
          )}
        </tr>
      ))}
    </Table>
  );
}

/** A read shows that a membership changed since the previous read, but not exactly when. */
function joined({ validFromMs, notBeforeMs }: Membership): string {
  if (validFromMs === null) return 'before history was kept';
  return notBeforeMs === null
    ? `by ${timeOf(validFromMs)}`
    : `between ${timeOf(notBeforeMs)} and ${timeOf(validFromMs)}`;
}

function left({ validToMs, endedAfterMs }: Membership): string {
  if (validToMs === null) return '';
  // Its group is no longer selected by SYNC_MEMBERS_OF: the last read still saw it.
  if (endedAfterMs === validToMs) return `not read after ${timeOf(validToMs)}`;
  return endedAfterMs === null
    ? `by ${timeOf(validToMs)}`
    : `between ${timeOf(endedAfterMs)} and ${timeOf(validToMs)}`;
}

const timeOf = (ms: number): string => formatTime(new Date(ms));
