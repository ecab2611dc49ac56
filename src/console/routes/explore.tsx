import { Hono } from 'hono';
import { accessKindsOf, openedBy, searchAccess, type FoundAccess } from '../../graph/read/access';
import { endedMemberships, list, neighbors, nodePage, search, type Found } from '../../graph/read/explore';
import { reportingLine, similarGroups, sizeOverTime } from '../../graph/read/surroundings';
import { historyStart } from '../../queries/proof';
import { wholeNumber } from '../../text/wholeNumber';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';
import { ACCESS_TITLES } from '../pages/accessWords';
import { ExplorePage, ListPage, Results, type AllFound } from '../pages/explore';
import { pagePath } from '../pages/links';
import { MessagePage } from '../pages/layout';
import { NodeView } from '../pages/node';
import { nameOf } from '../pages/parts';
import { notADayText, pastDay } from '../pastDay';
import { lastChangesOf } from '../read/changes';
import { namesLike } from '../read/namesLike';
import { indexFaults } from '../read/indexFaults';
import { document, pageContext } from '../respond';

const MAX_RESULTS_PER_KIND = 20;
const PAGE_SIZE = 100;
const MAX_ENDED = 100;
const MAX_OPENED = 200;
const MAX_CHANGES = 50;
/** A picture of more would not be legible. */
const MAX_NEIGHBORS = 40;

const KINDS = [
  ['users', 'User'],
  ['groups', 'Group'],
] as const;

/** The nodes whose neighborhood can be drawn. */
const DRAWN = [...KINDS, ['apps', 'App'], ['roles', 'AdminRole']] as const;

const PAGES = { User: 'User', Group: 'Group', App: 'apps', AdminRole: 'roles' } as const;

/** Routes of the search, the lists, and the pages of users and groups. */
export function exploreRoutes(services: Services): Hono<ConsoleEnv> {
  const { db, config } = services;
  const app = new Hono<ConsoleEnv>();

  const findAll = async (domains: readonly string[], text: string) => {
    const [nodes, access] = await Promise.all([
      search(db, domains, text, MAX_RESULTS_PER_KIND + 1),
      searchAccess(db, domains, text, MAX_RESULTS_PER_KIND + 1),
    ]);
    return firstOfEach(nodes, access);
  };

  app.get('/explore', async (c) => {
    const query = c.req.query('q') ?? '';
    const domains = await domainsOf(services);
    const found = query.trim() === '' ? undefined : await findAll(domains, query);
    if (c.req.query('part') === 'results')
      return c.html(<>{found && <Results found={found} showsOrg={domains.length > 1} />}</>);
    const page = pageContext(c, services);
    const faults = await indexFaults(db);
    const orgs = await Promise.all(
      domains.map(async (domain) => ({ domain, access: await accessKindsOf(db, domain) })),
    );
    return document(c, <ExplorePage {...{ page, query, found, orgs, faults }} />);
  });

  app.get('/integrations/:domain/names', async (c) => {
    const { kind = '', q = '' } = c.req.query();
    const names = await namesLike(db, c.req.param('domain'), kind, q);
    return c.json(names);
  });

  for (const [plural, label] of KINDS) {
    app.get(`/integrations/:domain/${plural}`, async (c) => {
      const domain = c.req.param('domain');
      const { kind, after } = c.req.query();
      const found = await list(db, domain, {
        label,
        atMost: PAGE_SIZE,
        ...(kind && { kind }),
        ...(after && { after }),
      });
      const page = pageContext(c, services);
      return document(c, <ListPage page={page} domain={domain} label={label} kind={kind} {...found} />);
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
      const request = { label, id, atMost: PAGE_SIZE };
      const now = new Date();
      const [node, historySinceMs, line, sizes, ended, opens, similar] = await Promise.all([
        nodePage(db, domain, { ...request, skip, ...(day && { atMs: day.endMs }) }),
        historyStart(db, domain, now, config.sync.historyRetentionMs),
        label === 'User' ? reportingLine(db, domain, id) : undefined,
        label === 'Group' && !day ? sizeOverTime(db, domain, id) : undefined,
        day ? [] : endedMemberships(db, domain, { ...request, atMost: MAX_ENDED }),
        day ? undefined : openedBy(db, domain, { label, id, atMost: MAX_OPENED }),
        label === 'Group' && !day ? similarGroups(db, domain, id) : [],
      ]);
      if (!node) return c.notFound();
      const isTooLarge = label === 'Group' && !sizes;
      const changes =
        day || isTooLarge
          ? undefined
          : await lastChangesOf(db, domain, { label, id }, { atMost: MAX_CHANGES });
      const page = pageContext(c, services);
      const surroundings = { line, sizes, ended, opens, changes, similar };
      const shown = { page, domain, node, historySinceMs, ...surroundings, skip, now };
      return document(c, <NodeView {...shown} at={day} pageSize={PAGE_SIZE} />);
    });
  }

  for (const [plural, label] of DRAWN) {
    app.get(`/integrations/:domain/${plural}/:id/neighbors`, async (c) => {
      const { domain, id } = c.req.param();
      const found = await neighbors(db, domain, { label, id }, MAX_NEIGHBORS);
      if (!found) return c.json({ fault: 'This is no longer in the graph.' }, 404);
      const shown = [found.node, ...found.neighbors].map((each) => ({
        key: `${each.label}/${each.id}`,
        label: each.label,
        name: nameOf(each.name, each.id),
        path: pagePath(domain, PAGES[each.label], each.id),
      }));
      return c.json({ center: shown[0], neighbors: shown.slice(1), total: found.total });
    });
  }
  return app;
}

/** Keeps what is shown of each kind, and the kinds of which there is more. */
function firstOfEach(nodes: readonly Found[], access: readonly FoundAccess[]): AllFound {
  const more = new Set<string>();
  const first = <T,>(found: readonly T[], kindOf: (each: T) => string): T[] => {
    const counts = new Map<string, number>();
    return found.filter((each) => {
      const kind = kindOf(each);
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count > MAX_RESULTS_PER_KIND) more.add(kind);
      return count <= MAX_RESULTS_PER_KIND;
    });
  };
  return {
    nodes: first(nodes, ({ label }) => (label === 'User' ? 'users' : 'groups')),
    access: first(access, ({ kind }) => ACCESS_TITLES[kind].toLowerCase()),
    more: [...more],
  };
}
