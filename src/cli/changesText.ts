import type { ChangingRun, GraphChange } from '../graph/read/changes';
import { formatCount } from '../text/counts';
import { formatTime } from '../text/times';
import { groupLabel, userLabel } from '../reportView/names';
import { printable } from '../text/printable';
import { paintOutcome, PLAIN } from '../text/style';
import { renderTable } from '../text/table';

/** Formats the number of changes of each run as a table. */
export function changesTable(runs: readonly ChangingRun[], style = PLAIN): string {
  const head = ['run', 'started', 'outcome', 'users +', '~', '-', 'groups +', '~', '-', 'memberships +', '-'];
  const rows = runs.map(({ runNumber, startedAt, outcome, users, groups, memberships }) => [
    `#${runNumber}`,
    formatTime(new Date(startedAt)),
    paintOutcome(outcome, style),
    ...[users.added, users.changed, users.removed, groups.added, groups.changed, groups.removed].map(
      formatCount,
    ),
    ...[memberships.added, memberships.removed].map(formatCount),
  ]);
  return `${renderTable(head, rows, { numeric: true, style })}\n\n`;
}

/** Formats one change, such as `#12 membership added: Ada <ada@acme.com> (00u1) in Engineering (00g1)`. */
export function changeLine({
  runNumber,
  what,
  change,
  userId,
  userName,
  userEmail,
  groupId,
  groupName,
  fields = [],
  values = {},
  after,
  by,
}: GraphChange): string {
  const person = { ...(userName && { displayName: userName }), ...(userEmail && { email: userEmail }) };
  const user =
    userId === undefined ? '' : userLabel(userId, { users: new Map([[userId, person]]), groups: new Map() });
  const group =
    groupId === undefined
      ? ''
      : groupLabel(groupId, {
          users: new Map(),
          groups: new Map(groupName === undefined ? [] : [[groupId, groupName]]),
        });
  const subject = [user, group].filter(Boolean).join(what === 'membership' ? ' in ' : '');
  return `#${runNumber} ${what} ${change}: ${subject}${detail(fields, values)}${when(what, after, by)}`;
}

function detail(fields: readonly string[], values: Readonly<Record<string, string>>): string {
  const shown = fields.length > 1 ? fields.filter((field) => field !== 'last_updated') : fields;
  if (shown.length === 0) return '';
  const each = shown.map((field) => {
    const [before, now] = [values[`${field}_before`], values[`${field}_after`]];
    if (before === undefined && now === undefined) return field;
    return `${field} ${printable(before ?? 'none')} -> ${printable(now ?? 'none')}`;
  });
  return `; ${each.join(', ')}`;
}

function when(what: GraphChange['what'], after: string | undefined, by: string | undefined): string {
  if (what !== 'membership' || by === undefined) return '';
  const until = formatTime(new Date(by));
  return after === undefined ? `; by ${until}` : `; between ${formatTime(new Date(after))} and ${until}`;
}
