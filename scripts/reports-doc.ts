import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODES, type Code, type CodeRow } from '../src/codes';
import { pageWith } from './markdown';

const FILE = join(__dirname, '../docs/reports.md');

/** Pages about what to do. */
const SEE: Partial<Record<Code, string>> = {
  OKTA_UNAUTHORIZED: '[Rotate a secret](credentials.md#rotate-a-secret)',
  OKTA_FORBIDDEN: '[Credentials](credentials.md)',
  ACCESS_NOT_READ: '[Apps, admin roles and group rules](credentials.md#apps-admin-roles-and-group-rules)',
  UNKNOWN_ORG: '[Several orgs](credentials.md#several-orgs)',
  ORG_IDENTITY: '[Move an org to another domain](operations.md#move-an-org-to-another-domain)',
  REMOVALS_WITHHELD: '[Approve withheld removals](how-a-run-works.md#approve-withheld-removals)',
  SCOPE_SHRANK: '[Approve withheld removals](how-a-run-works.md#approve-withheld-removals)',
};

/** `docs/reports.md` with the codes of `src/codes.ts`. */
export async function reportsDoc(): Promise<string> {
  return pageWith(FILE, {
    warnings: chapters(({ reportedAs }) => reportedAs !== 'failure'),
    failures: chapters(({ reportedAs }) => reportedAs === 'failure'),
  });
}

/** The chapters of some codes, in the order of the alphabet. */
function chapters(areMeant: (row: CodeRow) => boolean): string {
  const rows = (Object.entries(CODES) as [Code, CodeRow][]).filter(([, row]) => areMeant(row));
  return rows
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, row]) => chapter(code, row))
    .join('\n\n');
}

function chapter(code: Code, { reportedAs, retried, becomes, means, advice }: CodeRow): string {
  const marks = [
    ...(reportedAs === 'shortfall' ? ['partial'] : []),
    ...(retried ? ['retried'] : []),
    becomes,
  ];
  const toDo = marked(advice ?? 'Nothing.');
  const see = SEE[code] === undefined ? '' : `${toDo.endsWith('.') ? '' : '.'} See ${SEE[code]}.`;
  return [
    `### ${code}`,
    `${marked(means)} ${marks.map((mark) => `\`${mark}\``).join(' ')}`,
    `**What to do:** ${toDo}${see}`,
  ].join('\n\n');
}

/** What is not prose in a sentence: an address, a command, JSON, a variable, a dotted name such as a scope. */
const NOT_PROSE =
  /https:\S*[^\s.]|okta-graph [a-z-]+ .*$|SHOW DATABASES|\{".*?\}|\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b|\b\w+(?:\.\w+){2,}\b|(?<= )-admin\b|\bmanagerId\b|\bFormer[GU]\w+/g;

function marked(text: string): string {
  return text.replace(NOT_PROSE, (part) => (part.startsWith('https:') ? `<${part}>` : `\`${part}\``));
}

if (require.main === module) {
  void reportsDoc().then((text) => writeFileSync(FILE, text));
}
