import { type Context, Hono } from 'hono';
import { auditEntries, auditPage, type AuditEntry, type AuditFilter } from '../../graph/read/audit';
import { csvLine } from '../../text/csv';
import { printable } from '../../text/printable';
import { wholeNumber } from '../../text/wholeNumber';
import { DOWNLOAD_TIMEOUT_MS, type Downloads } from '../downloads';
import type { ConsoleEnv, Services } from '../env';
import { AuditPage } from '../pages/audit';
import { document, pageContext } from '../respond';

const PAGE_SIZE = 100;

/** Routes of what people did in the console, as a page and as CSV. */
export function auditRoutes(services: Services, downloads: Downloads): Hono<ConsoleEnv> {
  const { db } = services;
  const app = new Hono<ConsoleEnv>();

  app.get('/audit', async (c) => {
    const filter = filterOf(c);
    const skip = wholeNumber(c.req.query('skip') ?? '') ?? 0;
    const found = await auditPage(db, filter, { skip, atMost: PAGE_SIZE });
    const page = pageContext(c, services);
    return document(c, <AuditPage {...{ page, filter, skip, pageSize: PAGE_SIZE, ...found }} />);
  });

  app.get('/audit.csv', (c) =>
    downloads.send(c, async () => ({
      pieces: auditCsv(auditEntries(db, filterOf(c), DOWNLOAD_TIMEOUT_MS)),
      headers: {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': 'attachment; filename="audit.csv"',
      },
    })),
  );
  return app;
}

function filterOf(c: Context<ConsoleEnv>): AuditFilter {
  const part = (name: string) => c.req.query(name)?.trim() ?? '';
  return { by: part('by'), what: part('what'), domain: part('org') };
}

async function* auditCsv(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string, void, undefined> {
  yield csvLine(['at', 'by', 'what', 'org', 'network']);
  for await (const { at, by, what, domain, network } of entries)
    yield csvLine([at.toISOString(), ...[by, what, domain, network].map((text) => printable(text ?? ''))]);
}
