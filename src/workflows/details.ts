import { type Fault, groupByCode, withAdvice } from '../faults/fault';
import { accessEdges, accessNodes, waitText, type SyncProgress, type SyncReport } from '../contract';

/** Returns a running run's details as Markdown for the Temporal UI. */
export function progressDetails({
  phase,
  domain,
  runNumber,
  mode,
  users,
  groups,
  memberships,
  access,
  waiting,
}: SyncProgress): string {
  const { groupsDone, groupsTotal } = memberships;
  return [
    `**${runNumber === undefined ? 'A run' : `Run #${runNumber} of ${domain}, ${mode}`}: ${phase}**`,
    '',
    `- users: ${users.seen}${users.done ? '' : ' so far'}`,
    `- groups: ${groups.seen}${groups.done ? '' : ' so far'}`,
    ...(groupsTotal === undefined ? [] : [`- members read of ${groupsDone} of ${groupsTotal} groups`]),
    ...(access ? [`- lists of assignments and roles read: ${access.done} of ${access.total}`] : []),
    ...(waiting ? [`- ${waitText(waiting)}`] : []),
  ].join('\n');
}

/** Returns the details of a run that could not begin and therefore has no report. */
export function notBegunDetails(reason: Fault): string {
  return `**The run could not begin.** ${line(reason)}`;
}

/**
 * Returns the details of an ended run. Warnings are grouped by code; their texts contain no names, and the report has
 * all of them.
 */
export function reportDetails(report: SyncReport): string {
  const { runNumber, domain, mode, outcome, failure, users, groups, memberships, access, okta } = report;
  const { groupsVerified = 0 } = memberships;
  const verified = groupsVerified === 0 ? '' : ` (${groupsVerified} to verify)`;
  const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    `**Run #${runNumber} of ${domain}, ${mode}: ${outcome}**`,
    ...(failure ? ['', line(failure)] : []),
    '',
    row('', 'read', 'created', 'updated', 'deleted'),
    row('---', '---:', '---:', '---:', '---:'),
    row('users', users.seen, users.created, users.updated, users.deleted),
    row('groups', groups.seen, groups.created, groups.updated, groups.deleted),
    ...accessNodes(access).map(([name, { seen, created, updated, deleted }]) =>
      row(name, seen, created, updated, deleted),
    ),
    '',
    `- memberships: ${memberships.added} added, ${memberships.removed} removed`,
    `- members of ${memberships.groupsRead} groups read${verified}, ${memberships.groupsUnchanged} unchanged, ${memberships.groupsFailed} failed`,
    ...accessEdges(access).map(
      ([name, { total, added, removed }]) =>
        `- ${name}: ${added} added, ${removed} removed, ${total} in the graph`,
    ),
    `- Okta: ${okta.requests} requests, ${okta.rateLimited} rate limited, ${okta.retries} retries, ${Math.round(okta.waitedMs / 1000)} s waited`,
    ...warningLines(report),
  ].join('\n');
}

function warningLines({ warnings, warningsOmitted }: SyncReport): string[] {
  const lines = [...groupByCode(warnings)].map(
    ([, [first, ...more]]) =>
      `- ${first ? line(first) : ''}${more.length === 0 ? '' : ` (and ${more.length} more)`}`,
  );
  if (warningsOmitted > 0) lines.push(`- and ${warningsOmitted} more warnings, not included in the report`);
  return lines.length === 0 ? [] : ['', 'Warnings:', '', ...lines];
}

function line(fault: Fault): string {
  return `\`${fault.code}\`: ${withAdvice(fault)}`;
}
