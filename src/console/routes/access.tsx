import { Hono } from 'hono';
import { ACCESS_PAGES, accessList, accessNode, type AccessPageKind } from '../../graph/read/access';
import { accessReads } from '../../queries/accessProof';
import { wholeNumber } from '../../text/wholeNumber';
import type { ConsoleEnv, Services } from '../env';
import { AccessListPage, AccessNodePage } from '../pages/access';
import { document, pageContext } from '../respond';

const PAGE_SIZE = 100;
const MAX_ASSIGNED = 100;

/** Routes of apps, admin roles and group rules. */
export function accessRoutes(services: Services): Hono<ConsoleEnv> {
  const { db, config } = services;
  const app = new Hono<ConsoleEnv>();
  for (const kind of Object.keys(ACCESS_PAGES) as AccessPageKind[]) {
    app.get(`/integrations/:domain/${kind}`, async (c) => {
      const { domain } = c.req.param();
      const skip = wholeNumber(c.req.query('skip') ?? '') ?? 0;
      const found = await accessList(db, domain, kind, { skip, atMost: PAGE_SIZE });
      const page = pageContext(c, services);
      const isSynced = config.sync.access.includes(kind);
      const reads = found.items.length === 0 ? await accessReads(db, domain, []) : {};
      const readBy = reads[kind]?.runNumber;
      const shown = { page, domain, kind, skip, pageSize: PAGE_SIZE, isSynced, readBy };
      return document(c, <AccessListPage {...{ ...shown, ...found }} />);
    });

    app.get(`/integrations/:domain/${kind}/:id`, async (c) => {
      const { domain, id } = c.req.param();
      const node = await accessNode(db, domain, { kind, id, atMost: MAX_ASSIGNED });
      if (!node) return c.notFound();
      const page = pageContext(c, services);
      return document(c, <AccessNodePage {...{ page, domain, kind, node }} />);
    });
  }
  return app;
}
