import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';
import { INTEGRATION_STATES, readIntegration, type Integration } from '../read/integration';
import { API } from './openApi';
import { cursorOf, next, paging, readCursor } from './paging';
import { PROBLEMS } from './problem';
import { count, domain, json, time } from './values';

/** Number of runs that an org's state depends on, as on its card in the console. */
const RUNS_FOR_STATE = 3;

const OrgPage = z.object({ items: z.array(z.object({ domain })), next }).openapi('OrgPage');

const known = count.nullable().describe('Null if no run has read it, or `SYNC_ACCESS` does not name it.');

const Org = z
  .object({
    domain,
    state: z.enum(INTEGRATION_STATES),
    schedule: z
      .object({
        everyMs: count.nullable().describe('Null for a schedule that is not an interval.'),
        isPaused: z.boolean(),
        note: z.string(),
        nextRunAt: time.nullable(),
      })
      .nullable(),
    currentRun: z.object({ runId: z.string(), startedAt: time }).nullable(),
    lastSuccess: z.object({ runId: z.string(), runNumber: count, finishedAt: time.nullable() }).nullable(),
    size: z.object({
      users: count,
      groups: count,
      memberships: count,
      apps: known,
      assignments: known,
      roles: known,
      rules: known,
    }),
  })
  .openapi('Org');

const listRoute = createRoute({
  method: 'get',
  path: `${API}/orgs`,
  operationId: 'listOrgs',
  summary: 'The orgs of the console',
  request: { query: z.strictObject(paging) },
  responses: { 200: json('A page of orgs, by domain.', OrgPage), ...PROBLEMS },
});

const route = createRoute({
  method: 'get',
  path: `${API}/orgs/{domain}`,
  operationId: 'getOrg',
  summary: 'State, schedule, size and last success of an org',
  request: { params: z.object({ domain }) },
  responses: { 200: json('The org.', Org), ...PROBLEMS },
});

/** Adds the routes of orgs. */
export function addOrgs(api: OpenAPIHono<ConsoleEnv>, services: Services): void {
  api.openapi(listRoute, async (c) => {
    const { limit, after } = c.req.valid('query');
    const [last] = after === undefined ? [''] : readCursor(z.tuple([z.string()]), after);
    const rest = (await domainsOf(services)).sort().filter((each) => each > last);
    const items = rest.slice(0, limit).map((each) => ({ domain: each }));
    const end = items.at(-1);
    return c.json({ items, next: end && rest.length > limit ? cursorOf(end.domain) : null }, 200);
  });

  api.openapi(route, async (c) =>
    c.json(orgOf(await readIntegration(services, c.req.valid('param').domain, RUNS_FOR_STATE)), 200),
  );
}

function orgOf({ domain: name, state, schedule, currentRun, lastSuccess, size }: Integration) {
  const [nextRun] = schedule?.info.nextActionTimes ?? [];
  return {
    domain: name,
    state,
    schedule: schedule
      ? {
          everyMs: schedule.spec.intervals?.[0]?.every ?? null,
          isPaused: schedule.state.paused,
          note: schedule.state.paused ? (schedule.state.note ?? '') : '',
          nextRunAt: schedule.state.paused ? null : (nextRun?.toISOString() ?? null),
        }
      : null,
    currentRun: currentRun
      ? { runId: currentRun.runId, startedAt: currentRun.startedAt.toISOString() }
      : null,
    lastSuccess: lastSuccess
      ? {
          runId: lastSuccess.runId,
          runNumber: lastSuccess.runNumber,
          finishedAt: lastSuccess.finishedAt?.toISOString() ?? null,
        }
      : null,
    size,
  };
}
