import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { changesOf, type GraphChange } from '../../graph/read/changes';
import { CHANGED_OBJECTS, changingRuns, missingOf, type ChangedObject } from '../../graph/read/changingRuns';
import { parseTime } from '../../text/parseTime';
import type { ConsoleEnv, Services } from '../env';
import { API } from './openApi';
import { cursorNumber, cursorOf, next, paging, readCursor } from './paging';
import { Problem, PROBLEMS } from './problem';
import { count, domain, json, time } from './values';

const OBJECTS = Object.keys(CHANGED_OBJECTS) as [ChangedObject, ...ChangedObject[]];

const Change = z
  .object({
    runNumber: count,
    what: z.enum(OBJECTS),
    change: z.enum(['added', 'changed', 'removed']),
    userId: z.string().optional(),
    userName: z.string().optional(),
    userEmail: z.string().optional(),
    groupId: z.string().optional(),
    groupName: z.string().optional(),
    appId: z.string().optional(),
    appName: z.string().optional(),
    roleId: z.string().optional(),
    roleName: z.string().optional(),
    ruleId: z.string().optional(),
    ruleName: z.string().optional(),
    fields: z.array(z.string()).optional().describe('Of `changed`: the names of the properties.'),
    values: z
      .record(z.string(), z.any())
      .optional()
      .describe('Values of properties whose history is kept, as `PROPERTY_before` and `PROPERTY_after`.'),
    after: time.optional().describe('Of a relationship: the last read that did not show the change.'),
    by: time.optional().describe('The first read that showed the change.'),
  })
  .openapi('Change');

const ChangePage = z
  .object({
    domain: z.string(),
    since: time,
    runs: z
      .object({ count, first: count, last: count })
      .nullable()
      .describe('The numbers of the runs that began since then; null if there are none.'),
    items: z.array(Change),
    next,
    missing: count
      .nullable()
      .describe(
        'On the last page: changes that the runs have counted and that are no longer kept, or were never; without updates of apps and group rules, which are in reports alone. Null before.',
      ),
  })
  .openapi('ChangePage');

const route = createRoute({
  method: 'get',
  path: `${API}/orgs/{domain}/changes`,
  operationId: 'listChanges',
  summary: 'The changes that runs have made to the graph since a time',
  request: {
    params: z.object({ domain }),
    query: z.strictObject({
      ...paging,
      since: z
        .string()
        .default('1d')
        .describe('How long ago, such as `7d`, or a date or time in ISO 8601. Without effect with `after`.'),
    }),
  },
  responses: { 200: json('A page of changes.', ChangePage), ...PROBLEMS },
});

/** Each page reads the changes of those before it, too. */
const MAX_SKIPPED = 10_000;

/** Where a page begins: the time asked for, in milliseconds that a `Date` can hold, the last run that counts, and the number of changes before it. */
const Place = z.tuple([z.int().min(0).max(8.64e15), cursorNumber, cursorNumber]);

/** Adds the route of changes. */
export function addChanges(api: OpenAPIHono<ConsoleEnv>, { db }: Services): void {
  api.openapi(route, async (c) => {
    const { domain: name } = c.req.valid('param');
    const { limit, after, since } = c.req.valid('query');
    const [sinceMs, untilRun, skip] =
      after === undefined ? [sinceOf(since), Infinity, 0] : readCursor(Place, after);
    if (skip > MAX_SKIPPED)
      throw new Problem(
        'invalid-request',
        `Pages reach the first ${MAX_SKIPPED} changes. Ask for a shorter time, or use okta-graph changes --csv.`,
      );
    const runs = (await changingRuns(db, name, { sinceMs })).filter(({ runNumber }) => runNumber <= untilRun);
    const [first, last] = [runs[0]?.runNumber, runs.at(-1)?.runNumber];
    const found = new Map<string, number>();
    const items: GraphChange[] = [];
    let at = 0;
    let hasMore = false;
    for await (const change of changesOf(db, name, first ?? 0, last ?? -1, { atMost: skip + limit + 1 })) {
      hasMore = items.length === limit;
      if (hasMore) break;
      const kind = `${change.what} ${change.change}`;
      found.set(kind, (found.get(kind) ?? 0) + 1);
      if (at >= skip) items.push(change);
      at += 1;
    }
    return c.json(
      {
        domain: name,
        since: new Date(sinceMs).toISOString(),
        runs: first === undefined || last === undefined ? null : { count: runs.length, first, last },
        items,
        next: hasMore ? cursorOf(sinceMs, last ?? 0, skip + items.length) : null,
        missing: hasMore ? null : missingOf(runs, found),
      },
      200,
    );
  });
}

/** @throws Problem, UsageError if the text is not a time in the past. */
function sinceOf(text: string): number {
  const now = new Date();
  const since = parseTime(text, now);
  if (since > now) throw new Problem('invalid-request', `since is in the future: ${text}`);
  return since.getTime();
}
