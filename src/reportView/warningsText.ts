import { adviceOnAll } from '../faults/fault';
import type { SyncReport, SyncWarning } from '../contract';
import { countOf } from '../text/counts';
import { groupLabel, type Names, userLabel, usersOf } from './names';
import { printable } from '../text/printable';

/** Maximum number of warnings of one code in the text; `--json` has all of them. */
const SHOWN_PER_CODE = 20;

/** Formats the warnings of a report, grouped by code, with the users and groups they are about and the advice. */
export function warningsText({ warnings, warningsOmitted }: SyncReport, names: Names): string {
  if (warnings.length + warningsOmitted === 0) return '';
  const codes = [...new Set(warnings.map(({ code }) => code))];
  const lines = [
    `Warnings: ${warnings.length + warningsOmitted}`,
    ...codes.flatMap((code) =>
      warningsOfCode(
        code,
        warnings.filter((warning) => warning.code === code),
        names,
      ),
    ),
  ];
  if (warningsOmitted > 0)
    lines.push(`  and ${countOf(warningsOmitted, 'warning')} over the limit of a report`);
  return `${lines.join('\n')}\n`;
}

function warningsOfCode(code: string, alike: SyncWarning[], names: Names): string[] {
  const lines = alike.slice(0, SHOWN_PER_CODE).map((warning) => `    ${warningLine(warning, names)}`);
  if (alike.length > SHOWN_PER_CODE) lines.push(`    and ${alike.length - SHOWN_PER_CODE} more, see --json`);
  return [`  ${code}`, ...lines, ...adviceOnAll(alike).map((advice) => `    -> ${printable(advice)}`)];
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
