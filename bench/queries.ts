import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import neo4j, { type Session } from 'neo4j-driver';
import { integer } from '../src/graph/values';
import { cypherParameters } from '../src/queries/parameters';
import type { ParameterType, Question } from '../src/queries/question';
import { QUESTIONS } from '../src/queries/registry';
import { stepsOf } from '../dev/lab/graph/plan';
import { withLargeGraph } from '../dev/lab/graph/largeGraph';
import { LARGE_GRAPH_DOMAIN } from '../dev/lab/graph/largeRows';
import { median } from './support/median';
import type { OrgSize } from '../dev/lab/org/simulatedOrg';
import { number } from './support/number';

/** What an answer may take, milliseconds. */
const TARGETS_MS = { lookup: 50, org: 2_000 } as const;
const TIMES = 5;
const WARM_UPS = 2;

type BenchSize = OrgSize & { apps: number };

interface Measured {
  rows: number;
  dbHits: number;
  /** The median of some runs, the rows read by the client. */
  ms: number;
  /** How the plan begins, and what in it takes the most. */
  plan: string;
}

async function main(): Promise<void> {
  const program = new Command('queries')
    .description('prints the plan and the time of every question in a graph of a given size')
    .option('--users <n>', '', number, 100_000)
    .option('--groups <n>', '', number, 10_000)
    .option('--memberships <n>', '', number, 1_000_000)
    .option('--apps <n>', '0 for no apps, admin roles and group rules', number, 2_000)
    .option('--out <file>', 'the table goes to this file, too')
    .parse();
  const { out, ...size } = program.opts<BenchSize & { out?: string }>();
  await withLargeGraph(size, async ({ neo4j: { uri, username, password } }) => {
    const auth = neo4j.auth.basic(username, password.reveal());
    const driver = neo4j.driver(uri, auth, { disableLosslessIntegers: true });
    const session = driver.session({ defaultAccessMode: neo4j.session.READ });
    const lines = await table(session, size);
    await session.close();
    await driver.close();
    if (out !== undefined) await writeFile(out, lines);
  });
}

async function table(session: Session, size: BenchSize): Promise<string> {
  const { users, groups, memberships, apps } = size;
  const count = (n: number) => n.toLocaleString('en-US');
  const lines: string[] = [];
  const tell = (line: string) => {
    lines.push(line);
    process.stdout.write(`${line}\n`);
  };
  tell(
    `Measured with ${count(users)} users, ${count(groups)} groups and ${count(memberships)} memberships, a tenth as many past ones, ${count(apps)} apps with half as many group rules, Neo4j Community with a heap of 1 GB on ${process.platform} ${process.arch}: the median of ${TIMES} times, all rows read.`,
  );
  tell('');
  tell('| question | rows | ms | DB hits | plan: begins with; takes the most |');
  tell('| --- | --: | --: | --: | --- |');
  let late = 0;
  for (const question of QUESTIONS) {
    const { rows, ms, dbHits, plan } = await measure(session, question, size);
    const isLate = ms > TARGETS_MS[question.scope];
    if (isLate) late += 1;
    tell(
      `| ${question.id} | ${count(rows)} | ${isLate ? `**${ms.toFixed(0)}**` : ms.toFixed(0)} | ${count(dbHits)} | ${plan} |`,
    );
  }
  tell('');
  tell(
    `A lookup by key is to take at most ${TARGETS_MS.lookup} ms, a question about the whole org ${TARGETS_MS.org} ms; ${late === 0 ? 'all do' : `those in bold, ${late}, take longer`}.`,
  );
  return `${lines.join('\n')}\n`;
}

async function measure(session: Session, question: Question, size: BenchSize): Promise<Measured> {
  const parameters = parametersOf(question, size);
  const times: number[] = [];
  let rows = 0;
  // The first times compile, and fill the page cache.
  for (let i = 0; i < WARM_UPS; i++) await session.run(question.cypher, parameters);
  for (let i = 0; i < TIMES; i++) {
    const begun = performance.now();
    ({ length: rows } = (await session.run(question.cypher, parameters)).records);
    times.push(performance.now() - begun);
  }
  const { summary } = await session.run(`PROFILE ${question.cypher}`, parameters);
  const steps = stepsOf(summary);
  const begins = steps
    .filter(({ isLeaf, operator }) => isLeaf && operator !== 'Argument')
    .map(({ operator }) => operator);
  const most = steps.toSorted((a, b) => (b.dbHits ?? 0) - (a.dbHits ?? 0))[0];
  return {
    rows,
    ms: median(times),
    dbHits: steps.reduce((sum, { dbHits = 0 }) => sum + dbHits, 0),
    plan: `${[...new Set(begins)].join(', ')}; ${most?.operator ?? ''}`,
  };
}

/** An ordinary person, group and app, each time. */
function parametersOf(question: Question, { users, groups, apps }: BenchSize): Record<string, unknown> {
  const user = (i: number) => `user.${i}@acme.example`;
  const manager = Math.floor(users / 20) + 1;
  const others: Partial<Record<ParameterType, string>> = {
    person: user(Math.floor(users / 2) + 10),
    group: `Group ${Math.floor(groups / 2) + 1}`,
    app: `App ${Math.floor(apps / 2) + 1}`,
  };
  const values: Record<string, string | undefined> = {
    person: user(question.id === 'manager-reports' ? manager - (manager % 200) + 20 : Math.floor(users / 2)),
    // A person loses something only in a group of theirs.
    group: question.id === 'group-loss' ? 'Everyone' : `Group ${Math.floor(groups / 2)}`,
    app: `App ${Math.floor(apps / 2)}`,
    other: others[question.parameters['other']?.type ?? 'person'],
  };
  const given = Object.entries(question.parameters).flatMap(([name, { default: byDefault }]) =>
    byDefault === undefined ? [[name, [values[name] ?? '']] as const] : [],
  );
  return {
    domain: LARGE_GRAPH_DOMAIN,
    most: integer(300),
    ...cypherParameters(question, Object.fromEntries(given), new Date()),
  };
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
