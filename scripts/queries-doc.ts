import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'oxfmt';
import type { Question } from '../src/queries/question';
import { QUESTIONS } from '../src/queries/registry';

const ROOT = join(__dirname, '..');
const FILE = join(ROOT, 'docs/queries.md');
/** What `npm run bench:queries` has printed. */
const MEASURED = join(ROOT, 'bench/results/queries.md');

/** `docs/queries.md` as it is to be. */
export async function queriesDoc(): Promise<string> {
  const text = [INTRODUCTION, contents(), ...QUESTIONS.map(chapter), measured()].join('\n\n');
  const { code } = await format(FILE, text, { printWidth: 110 });
  return code;
}

const INTRODUCTION = `<!-- Made by \`npm run docs\` from src/queries/questions; do not edit. -->

# Questions to ask the graph

\`\`\`sh
npm run client -- query                                              # lists them
npm run client -- query group-members --param group=Everyone
npm run --silent client -- query inactive-users --param since=180d --csv > inactive.csv
npm run --silent client -- query person-groups-at --param person=ada@acme.com --param at=2026-11-01 --json
\`\`\`

Every answer ends with its proof: the sync that it rests on, how old the data is, whether that sync left anything out, and since when the past is kept. With \`--csv\` the proof is on stderr; with \`--json\` it is part of the object.

- **A person** is named by email, in any case, or by Okta id; **a group** by its exact name or Okta id. A name that the graph does not have is an error, not an empty answer.
- **A moment** is how long ago, such as \`7d\`, or a date or time in ISO 8601, such as \`2026-11-24\` or \`2026-11-24T08:00:00Z\`.
- **\`began_after\`, \`began_by\`, \`ended_after\`, \`ended_by\`**: a sync sees changes between two readings of a group, so a membership began, and ended, between the two. Nothing is unknown, or not yet.
- **History** means that past memberships are needed; they are kept for \`HISTORY_RETENTION\`.
- **Controls** are those for which an answer is evidence: ISO 27001:2022, SOC 2 (2017), NIST SP 800-53 rev. 5, CIS Controls 8, PCI DSS 4.0. Whether it is enough is for your auditor to say.

In Neo4j Browser paste the Cypher, and set its parameters first: \`:param domain => 'acme.okta.com'\`, and for a moment such as \`$since\`: \`:param since => datetime() - duration('P90D')\`.`;

function contents(): string {
  const rows = QUESTIONS.map(({ id, question, needs }) => `| [${id}](#${id}) | ${question} | ${needs} |`);
  return ['| name | question | needs |', '| --- | --- | --- |', ...rows].join('\n');
}

function chapter({
  id,
  question,
  why,
  needs,
  parameters,
  cypher,
  draw,
  columns,
  controls,
}: Question): string {
  const given = Object.entries(parameters).map(([name, { type, meaning, default: byDefault, choices }]) => {
    const values = choices ? `one of ${choices.map((choice) => `\`${choice}\``).join(', ')}` : type;
    const usual =
      byDefault === undefined ? 'required' : byDefault === '' ? 'none' : `\`${escaped(byDefault)}\``;
    return `| \`${name}\` | ${values} | ${usual} | ${meaning} |`;
  });
  return [
    `## ${id}`,
    `**${question}** ${why}`,
    ...(given.length === 0
      ? []
      : [['| parameter | type | default | meaning |', '| --- | --- | --- | --- |', ...given].join('\n')]),
    `Columns: ${columns.map((column) => `\`${column}\``).join(', ')}. Needs: ${needs}.${controls.length === 0 ? '' : ` Controls: ${controls.join(', ')}.`}`,
    fence(cypher),
    ...(draw === undefined ? [] : ['<details><summary>To draw it</summary>', fence(draw), '</details>']),
  ].join('\n\n');
}

function measured(): string {
  return `## How long they take\n\n\`npm run bench:queries\` writes a graph, asks it every question, and prints this.\n\n${readFileSync(MEASURED, 'utf8')}`;
}

/** A bar would end the cell of a table. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

function fence(cypher: string): string {
  return `\`\`\`cypher\n${cypher}\n\`\`\``;
}

if (require.main === module) {
  void queriesDoc().then((text) => writeFileSync(FILE, text));
}
