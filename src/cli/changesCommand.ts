import { once } from 'node:events';
import { changesOf } from '../graph/read/changes';
import { changingRuns, missingOf, type ChangingRun } from '../graph/read/changingRuns';
import type { GraphDatabase } from '../graph/database';
import { changeLine, changesTable } from './changesText';
import { CHANGE_COLUMNS, changeCells } from '../reportView/changeCells';
import { withGraph } from '../connections/connect';
import type { Context } from './context';
import { countOf } from '../text/counts';
import { csvLine } from '../text/csv';
import { styleOf } from '../text/style';
import { formatTime } from '../text/times';
import { EXIT } from './exitCodes';
import { UsageError } from '../text/usageError';
import type { Output } from './progressDisplay';
import { domainToRead } from './selectOrg';
import { parseTime } from '../text/parseTime';

export interface ChangesOptions {
  domain?: string;
  since: string;
  json?: true;
  csv?: true;
}

export type ChangesFormat = 'text' | 'json' | 'csv';

/** `changes --since WHEN`: prints the changes that runs have made to the graph since then. */
export async function changes(context: Context, options: ChangesOptions): Promise<number> {
  const { config, out } = context;
  const now = new Date();
  const since = parseTime(options.since, now);
  if (since > now) throw new UsageError(`--since is in the future: ${options.since}`);
  const format = formatOf(options);
  return withGraph(config, async (db) => {
    const domain = await domainToRead(db, config, options.domain);
    const runs = await changingRuns(db, domain, { sinceMs: since.getTime() });
    if (format === 'text') {
      await write(out, `${countOf(runs.length, 'run')} of ${domain} since ${formatTime(since)}\n`);
    }
    const head = { domain, since: since.toISOString(), runs };
    await printChanges(db, { domain, runs, head }, format, out);
    return EXIT.succeeded;
  });
}

/** Returns the output format. @throws UsageError if both are given. */
export function formatOf({ json, csv }: { json?: true; csv?: true }): ChangesFormat {
  if (json && csv) throw new UsageError('--json and --csv cannot be combined; use only one');
  return json ? 'json' : csv ? 'csv' : 'text';
}

/** Maximum number of changes of one kind in the text; the other formats have all of them. */
const SHOWN_PER_KIND = 20;

/**
 * Prints the changes made by some runs, streaming them from the graph. The JSON format is one object: the properties of
 * `head`, then the changes, then `missing`, the number of changes that the runs have counted but the graph does not have.
 */
export async function printChanges(
  db: GraphDatabase,
  { domain, runs, head }: { domain: string; runs: readonly ChangingRun[]; head: object },
  format: ChangesFormat,
  out: Output,
): Promise<void> {
  const numbers = runs.map(({ runNumber }) => runNumber);
  const [from, to] = [numbers[0] ?? 0, numbers.at(-1) ?? -1];
  const found = new Map<string, number>();
  if (format === 'json') await write(out, `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "changes": [`);
  if (format === 'csv') await write(out, csvLine(CHANGE_COLUMNS));
  if (format === 'text' && runs.length > 0) await write(out, changesTable(runs, styleOf(out)));
  let total = 0;
  for await (const change of changesOf(db, domain, from, to)) {
    const kind = `${change.what} ${change.change}`;
    const count = (found.get(kind) ?? 0) + 1;
    found.set(kind, count);
    if (format === 'json') await write(out, `${total === 0 ? '' : ','}\n    ${JSON.stringify(change)}`);
    if (format === 'csv') await write(out, csvLine(changeCells(change)));
    if (format === 'text' && count <= SHOWN_PER_KIND) await write(out, `${changeLine(change)}\n`);
    total += 1;
  }
  const missing = missingOf(runs, found);
  if (format === 'json') await write(out, `\n  ],\n  "missing": ${missing}\n}\n`);
  if (format === 'text') await write(out, endOfText(found, missing));
}

function endOfText(found: ReadonlyMap<string, number>, missing: number): string {
  const lines = [...found]
    .filter(([, count]) => count > SHOWN_PER_KIND)
    .map(([kind, count]) => `… ${count - SHOWN_PER_KIND} more: ${kind}; see --json or --csv`);
  if (missing > 0)
    lines.push(
      `${countOf(missing, 'further change')} cannot be listed: older than HISTORY_RETENTION, made while no history was kept, or of a forgotten user.`,
    );
  return lines.map((line) => `${line}\n`).join('');
}

/** Writes text, and waits for `drain` if the reader is slower. */
export async function write(out: Output, text: string): Promise<void> {
  if (!out.write(text)) await once(out, 'drain');
}
