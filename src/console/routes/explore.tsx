import { Hono } from 'hono';
import { accessKindsOf, openedBy } from '../../graph/read/access';
import { endedMemberships, MAX_SORTED, neighbors, nodePage } from '../../graph/read/explore';
import { list, listed } from '../../graph/read/nodeList';
import { lastToLook } from '../../graph/read/reports';
import { reportingLine, similarGroups, sizeOverTime } from '../../graph/read/surroundings';
import { historyStart } from '../../queries/proof';
import { wholeNumber } from '../../text/wholeNumber';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';
import { MessagePage } from '../pages/layout';
import { NodeView } from '../pages/node';
import { ListPage, sortOf, type ListQuery } from '../pages/nodeList';
import { Results, SearchPage } from '../pages/search';
import { notADayText, pastDay } from '../pastDay';
import { lastChangesOf } from '../read/changes';
import { namesLike } from '../read/namesLike';
import { indexFaults } from '../read/indexFaults';
import { drawnNeighborhood } from '../read/neighborhood';
import { searchAll } from '../read/searchAll';
import { document, pageContext } from '../respond';

const MAX_RESULTS_PER_KIND = 20;
const PAGE_SIZE = 100;
/** Each membership has a bar: pages stay below 100 kB. */
const MEMBERSHIPS_ON_PAGE = 60;
const MAX_ENDED = 40;
const MAX_OPENED = 200;
const MAX_CHANGES = 50;

const KINDS = [
  ['users', 'User'],
  ['groups', 'Group'],
] as const;

/** The nodes whose neighborhood can be drawn. */
const DRAWN = [...KINDS, ['apps', 'App'], ['roles', 'AdminRole']] as const;

/** Routes of the search, the lists, and the pages of users and groups. */
export function exploreRoutes(services: Services): Hono<ConsoleEnv> {
  const { db, config } = services;
  const app = new Hono<ConsoleEnv>();

  app.get('/explore', async (c) => {
    const query = c.req.query('q') ?? '';
    const domains = await domainsOf(services);
    const found = query.trim() === '' ? undefined : await searchAll(db, domains, query, MAX_RESULTS_PER_KIND);
    if (c.req.query('part') === 'results')
      return c.html(<>{found && <Results found={found} showsOrg={domains.length > 1} />}</>);
    const page = pageContext(c, services);
    const faults = await indexFaults(db);
    const orgs = await Promise.all(
      domains.map(async (domain) => ({ domain, access: await accessKindsOf(db, domain) })),
    );
    return document(c, <SearchPage {...{ page, query, found, orgs, faults }} />);
  });

  app.get('/integrations/:domain/names', async (c) => {
    const { kind = '', q = '' } = c.req.query();
    const names = await namesLike(db, c.req.param('domain'), kind, q);
    return c.json(names);
  });

  for (const [plural, label] of KINDS) {
    app.get(`/integrations/:domain/${plural}`, async (c) => {
      const domain = c.req.param('domain');
      const given = Object.entries(c.req.query()).filter(([, value]) => value !== '');
      const query: ListQuery = Object.fromEntries(given);
      const { kind, sort, after, before } = query;
      const limit = { label, ...(kind !== undefined && { kind }) };
      const [found, total] = await Promise.all([
        list(db, domain, {
          ...{ ...limit, ...sortOf(sort), atMost: PAGE_SIZE },
          ...(before === undefined ? after !== undefined && { after } : { before }),
        }),
        listed(db, domain, limit),
      ]);
      const isKnown = total > 0 || (await lastToLook(db, domain)) !== undefined;
      const page = pageContext(c, services);
      const shown = { page, domain, label, query: { kind, sort }, total, isKnown, ...found };
      return document(c, <ListPage {...shown} />);
    });

    app.get(`/integrations/:domain/${plural}/:id`, async (c) => {
      const { domain, id } = c.req.param();
      const at = c.req.query('at') || undefined;
      const day = at === undefined ? undefined : pastDay(at);
      if (at !== undefined && !day) {
        const text = notADayText(at);
        const page = pageContext(c, services);
        return document(c, <MessagePage page={page} title="Not a date" text={text} />, 400);
      }
      const skip = wholeNumber(c.req.query('skip') ?? '') ?? 0;
      const request = { label, id, atMost: MEMBERSHIPS_ON_PAGE };
      const now = new Date();
      const [node, historySinceMs, line, sizes, ended, opens, similar] = await Promise.all([
        nodePage(db, domain, { ...request, skip, ...(day && { atMs: day.endMs }) }),
        historyStart(db, domain, now, config.sync.historyRetentionMs),
        label === 'User' ? reportingLine(db, domain, id) : undefined,
        label === 'Group' && !day ? sizeOverTime(db, domain, id) : undefined,
        day ? [] : endedMemberships(db, domain, { ...request, atMost: MAX_ENDED + 1 }),
        day ? undefined : openedBy(db, domain, { label, id, atMost: MAX_OPENED }),
        label === 'Group' && !day ? similarGroups(db, domain, id) : [],
      ]);
      if (!node) return c.notFound();
      const isTooLarge = label === 'Group' && !sizes;
      const changes =
        day || isTooLarge ? undefined : await lastChangesOf(db, domain, { label, id }, MAX_CHANGES);
      const page = pageContext(c, services);
      const past = { ended: ended.slice(0, MAX_ENDED), isEndedCut: ended.length > MAX_ENDED };
      const surroundings = { line, sizes, ...past, opens, changes, similar };
      const shown = { page, domain, node, historySinceMs, ...surroundings, skip, now };
      return document(c, <NodeView {...shown} at={day} pageSize={MEMBERSHIPS_ON_PAGE} />);
    });
  }

  for (const [plural, label] of DRAWN) {
    app.get(`/integrations/:domain/${plural}/:id/neighbors`, async (c) => {
      const { domain, id } = c.req.param();
      const found = await neighbors(db, domain, { label, id }, MAX_SORTED);
      const drawn = found && drawnNeighborhood(domain, found, c.req.query('cluster'));
      return drawn ? c.json(drawn) : c.json({ fault: 'This is no longer in the graph.' }, 404);
    });
  }
  return app;
}
