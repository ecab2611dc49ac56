import { withGraph } from '../connections/connect';
import { Explained } from '../faults/explained';
import { ACCESS_KINDS } from '../contract';
import { exportOrg } from '../exports/exportOrg';
import type { Format } from '../exports/format';
import { writeOpenGraph } from '../exports/openGraph';
import { OrgReader } from '../exports/orgReader';
import type { GraphDatabase } from '../graph/database';
import { unread } from '../queries/accessProof';
import { incompleteText, touchedTexts } from '../queries/answerText';
import { proofOf, type Proof } from '../queries/proof';
import { countOf, formatCount } from '../text/counts';
import { printable } from '../text/printable';
import { formatTime } from '../text/times';
import { unlessAborted } from '../text/unlessAborted';
import { UsageError } from '../text/usageError';
import type { Context } from './context';
import { EXIT } from './exitCodes';
import type { Output } from './progressDisplay';
import { domainToRead } from './selectOrg';

export interface ExportOptions {
  format: Format;
  /** `-` is stdout. */
  out: string;
  domain?: string;
  raw?: true;
  force?: true;
}

const STDOUT = '-';

/** `SIGHUP` comes when the terminal is closed. */
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Time between two lines about the progress of one table. */
const PROGRESS_MS = 5_000;

/**
 * `export`: writes the current graph of an org to files. Ctrl-C leaves nothing behind. A second one ends the process at
 * once, whatever the first one waits for, and leaves nothing either.
 */
export async function exportGraph(context: Context, options: ExportOptions): Promise<number> {
  const { format, out: path } = options;
  if (path === STDOUT && format !== 'opengraph')
    throw new UsageError(`${format} has several files. Specify a directory with --out.`);
  const stop = new AbortController();
  const onStop = () => (stop.signal.aborted ? process.exit(EXIT.detached) : stop.abort());
  for (const signal of STOPPING) process.on(signal, onStop);
  const onClosed = ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') return;
    context.err.write('The reader of stdout closed it; the export there is not complete.\n');
    process.exit(EXIT.failed);
  };
  // It comes before the listener that ends other commands with 0, since half an export is of no use.
  if (path === STDOUT) context.out.prependListener('error', onClosed);
  try {
    await withGraph(context.config, (db) => exportFrom(db, context, options, stop.signal));
    return EXIT.succeeded;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    context.err.write(
      path === STDOUT
        ? 'Stopped; the export on stdout is not complete.\n'
        : 'Stopped; the export is not complete, and no file of it is kept.\n',
    );
    return EXIT.detached;
  } finally {
    for (const signal of STOPPING) process.off(signal, onStop);
    context.out.off('error', onClosed);
  }
}

async function exportFrom(
  db: GraphDatabase,
  { config, out, err }: Context,
  { format, out: path, domain: requested, raw, force }: ExportOptions,
  signal: AbortSignal,
): Promise<void> {
  const domain = await domainToRead(db, config, requested);
  const org = await OrgReader.open(db, domain, {
    includesRaw: raw === true,
    signal,
    onRead: progressTo(err),
  });
  if (!org)
    throw new Explained(`The graph has nothing of ${domain} yet.`, 'Sync it first: okta-graph run --wait');
  const notes = async () =>
    notesOf(
      org,
      await proofOf(db, domain, new Date(), config.sync.historyRetentionMs),
      await org.mayBeMixed(),
    );
  if (path === STDOUT) await writeOpenGraph(org, (text) => unlessAborted(signal, written(out, text)));
  else await exportOrg(org, format, { path, replaces: force === true }, notes);
  const total = (tables: readonly { name: string }[]) =>
    tables.reduce((sum, { name }) => sum + (org.counts.get(name) ?? 0), 0);
  err.write(
    `${path === STDOUT ? 'Exported' : `${printable(path)} has`}: ${countOf(total(org.nodeTables), 'node')} and ${countOf(total(org.edgeTables), 'relationship')} of ${domain}.\n${await notes()}`,
  );
}

/** Writes to stdout, and returns once that was written. */
async function written(out: Output, data: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    out.write(data, (error) => (error ? reject(error) : resolve()));
  });
}

/** Shows how many rows of a table have been read: every few seconds. */
function progressTo(err: Output): (table: string, rows: number) => void {
  let shownAt = Date.now();
  return (table, rows) => {
    if (Date.now() - shownAt < PROGRESS_MS) return;
    shownAt = Date.now();
    err.write(`${table}: ${formatCount(rows)} …\n`);
  };
}

/** Lines about what the export is based on, and what it may lack. */
function notesOf(org: OrgReader, proof: Proof, isMixed: boolean): string {
  const { run, groupsExcluded } = proof;
  const missing = unread({ access: ACCESS_KINDS }, proof).join(' and ');
  return [
    run
      ? `Based on run #${run.runNumber} of ${org.domain}, ${run.mode}, ${run.outcome}, ended ${formatTime(new Date(run.finishedAt))}.`
      : `No run of ${org.domain} has ended yet, so the graph may be empty or incomplete.`,
    ...touchedTexts(proof),
    ...(run && !run.isWhole ? [incompleteText(run)] : []),
    ...(groupsExcluded === undefined
      ? []
      : [
          `${countOf(groupsExcluded, 'group has', 'groups have')} memberships_excluded: SYNC_MEMBERS_OF does not select them, so their members are unknown.`,
        ]),
    ...(missing === ''
      ? []
      : [`WARNING: No run has read ${missing}, so what the export lacks of them is unknown, not none.`]),
    ...(isMixed
      ? [
          'WARNING: A run changed the graph while it was read, so the export may mix old and new data. Export again when no run is in progress.',
        ]
      : []),
    ...(org.leftOut > 0
      ? [
          `WARNING: ${countOf(org.leftOut, 'relationship was', 'relationships were')} left out, because a run added or removed one of its nodes meanwhile.`,
        ]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
