import { Hono } from 'hono';
import { changesOf, type About } from '../../graph/read/changes';
import { CHANGE_OBJECTS, readsBetween, runsBetween } from '../../graph/read/changingRuns';
import { nameEver } from '../../graph/read/explore';
import { historyStart } from '../../queries/proof';
import { CHANGE_COLUMNS, changeCells } from '../../reportView/changeCells';
import { csvLine } from '../../text/csv';
import { parseTime } from '../../text/parseTime';
import { UsageError } from '../../text/usageError';
import { wholeNumber } from '../../text/wholeNumber';
import type { Downloads } from '../downloads';
import type { ConsoleEnv, Services } from '../env';
import { ChangesPage, partlyCoveredText, type ChangesFilter } from '../pages/changes';
import { uncoveredText } from '../pastDay';
import { readChanges, type ChangesPlace } from '../read/changes';
import { document, pageContext } from '../respond';

const PAGE_SIZE = 100;
/** Pages of a run's changes read those of the pages before them too. */
const MAX_SKIPPED = 10_000;
const DEFAULT_FROM = '1d';

/** Routes of what changed in an org. */
export function changesRoutes(services: Services, downloads: Downloads): Hono<ConsoleEnv> {
  const { db, config } = services;
  const app = new Hono<ConsoleEnv>();

  /** Returns the span that the filter asks for, as far as history covers it. */
  const covered = async (domain: string, filter: ChangesFilter, now: Date) => {
    if (filter.kind === null)
      throw new UsageError(`Changes can be limited to one of these kinds: ${CHANGE_OBJECTS.join(', ')}`);
    const { fromMs, toMs } = spanOf(filter, now);
    const sinceMs = await historyStart(db, domain, now, config.sync.historyRetentionMs);
    if (sinceMs === undefined || toMs <= sinceMs)
      return { span: { fromMs, toMs }, note: uncoveredText(sinceMs), read: undefined };
    const isWhole = fromMs >= sinceMs;
    return {
      span: { fromMs, toMs },
      note: isWhole ? undefined : partlyCoveredText(sinceMs),
      read: { fromMs: isWhole ? fromMs : sinceMs, toMs },
    };
  };

  app.get('/integrations/:domain/changes', async (c) => {
    const domain = c.req.param('domain');
    const query = c.req.query();
    const filter = filterOf(query);
    const { about, kind } = filter;
    const now = new Date();
    const aboutName = about && (await nameEver(db, domain, about));
    if (about && aboutName === undefined) return c.notFound();
    const place = placeIn(query);
    const page = pageContext(c, services);
    const shown = { page, domain, filter, aboutName, now, place, max: MAX_SKIPPED };
    try {
      const { span, note, read } = await covered(domain, filter, now);
      const kinds = kind ? new Set([kind]) : undefined;
      const reads = read && (await readsBetween(db, domain, read));
      const found =
        reads && reads.count > 0
          ? await readChanges(db, domain, { ...read, kinds, about, place, atMost: PAGE_SIZE })
          : undefined;
      return document(c, <ChangesPage {...{ ...shown, span, note, reads, found }} />);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const failed = { ...shown, span: undefined, found: undefined, fault: error.message };
      return document(c, <ChangesPage {...failed} />, 400);
    }
  });

  app.get('/integrations/:domain/changes.csv', async (c) => {
    const domain = c.req.param('domain');
    const filter = filterOf(c.req.query());
    const open = async () => {
      const { read } = await covered(domain, filter, new Date());
      const headers = {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="changes-${domain}.csv"`,
      };
      return { pieces: csvOf(domain, filter, read), headers };
    };
    const sent = await downloads.send(c, open).catch((error: unknown) => {
      if (error instanceof UsageError) return error;
      throw error;
    });
    return sent instanceof UsageError ? c.text(sent.message, 400) : sent;
  });

  async function* csvOf(
    domain: string,
    { kind, about }: ChangesFilter,
    span: { fromMs: number; toMs: number } | undefined,
  ): AsyncGenerator<string, void, undefined> {
    // Excel reads a CSV as UTF-8 only after a byte order mark.
    yield `\uFEFF${csvLine(CHANGE_COLUMNS)}`;
    const runs = span ? (await runsBetween(db, domain, span)).filter(({ isFirst }) => !isFirst) : [];
    const [last] = runs;
    if (!last) return;
    const numbers = new Set(runs.map(({ runNumber }) => runNumber));
    const [from, to] = [runs.at(-1)?.runNumber ?? 0, last.runNumber];
    const kinds = kind ? new Set([kind]) : undefined;
    for await (const change of changesOf(db, domain, from, to, { kinds, about }))
      if (numbers.has(change.runNumber)) yield csvLine(changeCells(change));
  }

  return app;
}

function filterOf(query: Readonly<Record<string, string>>): ChangesFilter {
  const { from = '', to = '', kind, user = '', group = '' } = query;
  const about: About | undefined =
    user !== '' ? { label: 'User', id: user } : group !== '' ? { label: 'Group', id: group } : undefined;
  return {
    from: from.trim() || DEFAULT_FROM,
    to: to.trim(),
    kind:
      kind === undefined || kind === '' ? undefined : (CHANGE_OBJECTS.find((each) => each === kind) ?? null),
    about,
  };
}

/** @throws UsageError if the times are not valid, or in the wrong order. */
function spanOf({ from, to }: ChangesFilter, now: Date): { fromMs: number; toMs: number } {
  const fromMs = parseTime(from, now).getTime();
  const toMs = (to === '' ? now : parseTime(to, now)).getTime();
  if (fromMs >= toMs || fromMs > now.getTime())
    throw new UsageError('The first time must be before the second, and in the past');
  return { fromMs, toMs };
}

function placeIn({ run = '', skip = '' }: Readonly<Record<string, string>>): ChangesPlace | undefined {
  const number = wholeNumber(run);
  if (number === undefined) return undefined;
  return { run: number, skip: Math.min(wholeNumber(skip) ?? 0, MAX_SKIPPED) };
}
