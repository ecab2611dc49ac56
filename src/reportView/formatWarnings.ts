import type { SyncReport, SyncWarning } from '../contract';
import { countOf } from '../text/counts';
import { groupLabel, type Names, userLabel, usersOf } from './names';
import { printable } from '../text/printable';
import { warningsByCode } from './warningsByCode';

/** Formats the warnings of a report, grouped by code, with the users and groups they are about and the advice. */
export function formatWarnings(report: SyncReport, names: Names): string {
  const { warnings, warningsOmitted } = report;
  if (warnings.length + warningsOmitted === 0) return '';
  const lines = [`Warnings: ${warnings.length + warningsOmitted}`];
  for (const { code, advice, shown, more } of warningsByCode(report)) {
    lines.push(`  ${code}`, ...shown.map((warning) => `    ${warningLine(warning, names)}`));
    if (more > 0) lines.push(`    and ${more} more, see --json`);
    lines.push(...advice.map((each) => `    -> ${printable(each)}`));
  }
  if (warningsOmitted > 0)
    lines.push(`  and ${countOf(warningsOmitted, 'more warning')}, not included in the report`);
  return `${lines.join('\n')}\n`;
}

function warningLine(warning: SyncWarning, names: Names): string {
  const { message, groupId } = warning;
  const about = [
    ...(groupId === undefined ? [] : [groupLabel(groupId, names)]),
    ...usersOf(warning).map((id) => userLabel(id, names)),
  ];
  if (about.length === 0) return printable(message);
  return `${printable(message).replace(/\.$/, '')}: ${about.join(', ')}`;
}
