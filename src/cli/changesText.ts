import type { GraphChange } from '../graph/read/changes';
import type { ChangedObject, ChangingRun } from '../graph/read/changingRuns';
import { formatCount } from '../text/counts';
import { formatTime } from '../text/times';
import { objectLabel, userLabel } from '../reportView/names';
import { printable } from '../text/printable';
import { paintOutcome, PLAIN } from '../text/style';
import { renderTable } from '../text/table';

/** Kinds that are counted only where they are synced. */
const ACCESS = ['apps', 'assignments', 'roles', 'rules'] as const;

/**
 * Formats the number of changes of each run as a table. Apps, assignments, admin roles and rules have columns if one of
 * the runs has read them, and `?` for a run that has not.
 */
export function changesTable(runs: readonly ChangingRun[], style = PLAIN): string {
  const shown = ACCESS.filter((kind) => runs.some((run) => run[kind] !== null));
  const head = [
    ...['run', 'started', 'outcome', 'users +', '~', '-', 'groups +', '~', '-', 'memberships +', '-'],
    ...shown.flatMap((kind) => [`${kind} +`, '-']),
  ];
  const rows = runs.map((run) => {
    const { runNumber, startedAt, outcome, users, groups, memberships } = run;
    return [
      `#${runNumber}`,
      formatTime(new Date(startedAt)),
      paintOutcome(outcome, style),
      ...[users.added, users.changed, users.removed, groups.added, groups.changed, groups.removed].map(
        formatCount,
      ),
      ...[memberships.added, memberships.removed].map(formatCount),
      ...shown.flatMap((kind) => {
        const counts = run[kind];
        return counts ? [counts.added, counts.removed].map(formatCount) : ['?', '?'];
      }),
    ];
  });
  return `${renderTable(head, rows, { numeric: true, style })}\n\n`;
}

/** What joins the two ends of a relationship. */
const JOINED: Partial<Record<ChangedObject, string>> = {
  membership: ' in ',
  assignment: ' to ',
  role: ' as ',
};

/** Formats one change, such as `#12 membership added: Ada <ada@acme.com> (00u1) in Engineering (00g1)`. */
export function changeLine(shown: GraphChange): string {
  const { runNumber, what, change, userId, userName, userEmail, fields = [], values = {} } = shown;
  const person = { ...(userName && { displayName: userName }), ...(userEmail && { email: userEmail }) };
  const subject = [
    userId !== undefined && userLabel(userId, { users: new Map([[userId, person]]), groups: new Map() }),
    ...(['group', 'app', 'role', 'rule'] as const).map((kind) => {
      const id = shown[`${kind}Id`];
      return id !== undefined && objectLabel(id, shown[`${kind}Name`]);
    }),
  ];
  const text = subject.filter(Boolean).join(JOINED[what] ?? '');
  return `#${runNumber} ${what} ${change}: ${text}${detail(fields, values)}${when(shown)}`;
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

function when({ what, after, by }: GraphChange): string {
  if (JOINED[what] === undefined || by === undefined) return '';
  const until = formatTime(new Date(by));
  return after === undefined ? `; by ${until}` : `; between ${formatTime(new Date(after))} and ${until}`;
}
