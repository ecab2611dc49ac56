import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { REQUESTED_MODES, type RequestedMode } from '../../contract';
import { findReport, lastReports, runsBefore, type RecordedRun } from '../../graph/read/reports';
import { startOrAttach } from '../../runs/startOrAttach';
import { wholeNumber } from '../../text/wholeNumber';
import type { ConsoleEnv, Services } from '../env';
import { recordRun } from '../recordChange';
import { readRun, type RunView } from '../read/run';
import { clientAddress, networkOf } from '../safety/addresses';
import { onlyOperators } from './bearer';
import { API } from './openApi';
import { cursorNumber, cursorOf, next, paging, readCursor } from './paging';
import { Problem, PROBLEMS } from './problem';
import { Fault, mode, outcome, Progress, Report } from './report';
import { count, domain, json, orNull, time } from './values';

const RunSummary = z
  .object({
    runId: z.string(),
    runNumber: count.describe('Increases by one with each run of the org.'),
    mode,
    outcome: z.union([outcome, z.literal('running')]),
    startedAt: time,
    finishedAt: time.nullable(),
  })
  .openapi('RunSummary');

const RunPage = z.object({ items: z.array(RunSummary), next }).openapi('RunPage');

const Run = z
  .object({
    runId: z.string(),
    workflowId: z.string(),
    state: z
      .enum(['running', 'reported', 'ended'])
      .describe('`ended`: it ended without a report, for example because it was terminated.'),
    startedAt: time,
    finishedAt: time.nullable(),
    progress: orNull(Progress).describe('Only of a run in progress; null if no worker responds.'),
    report: orNull(Report).describe('Null unless the state is `reported`.'),
    status: z.string().nullable().describe("Temporal's status of a run that ended without a report."),
    failure: orNull(Fault).describe('Why it ended without a report, if known.'),
  })
  .openapi('Run');

const StartedRun = z
  .object({
    runId: z.string(),
    attached: z.boolean().describe('True if a run was already in progress; its own mode applies.'),
  })
  .openapi('StartedRun');

const listRoute = createRoute({
  method: 'get',
  path: `${API}/orgs/{domain}/runs`,
  operationId: 'listRuns',
  summary: 'The runs that the graph has recorded',
  request: { params: z.object({ domain }), query: z.strictObject(paging) },
  responses: { 200: json('A page of runs, newest first.', RunPage), ...PROBLEMS },
});

const route = createRoute({
  method: 'get',
  path: `${API}/orgs/{domain}/runs/{run}`,
  operationId: 'getRun',
  summary: 'A run with its report or progress',
  request: {
    params: z.object({ domain, run: z.string().describe('The id of a run, or its number.') }),
  },
  responses: { 200: json('The run.', Run), ...PROBLEMS },
});

const startRoute = createRoute({
  method: 'post',
  path: `${API}/orgs/{domain}/runs`,
  operationId: 'startRun',
  summary: 'Start a run, or attach to the one in progress',
  description: 'Needs a token with the scope `operate`.',
  request: {
    params: z.object({ domain }),
    body: {
      content: {
        'application/json': {
          schema: z.strictObject({ mode: z.enum(REQUESTED_MODES).default('auto') }).openapi('RunRequest'),
        },
      },
    },
  },
  responses: { 202: json('The run in progress.', StartedRun), ...PROBLEMS },
});

/** Adds the routes of runs. */
export function addRuns(api: OpenAPIHono<ConsoleEnv>, services: Services): void {
  const { client, config, db, settings } = services;

  api.openapi(listRoute, async (c) => {
    const { limit, after } = c.req.valid('query');
    const name = c.req.valid('param').domain;
    const found =
      after === undefined
        ? await lastReports(db, name, limit + 1)
        : await runsBefore(db, name, {
            before: readCursor(z.tuple([cursorNumber]), after)[0],
            limit: limit + 1,
          });
    const items = found.slice(0, limit).map(summaryOf);
    const last = items.at(-1);
    return c.json({ items, next: last && found.length > limit ? cursorOf(last.runNumber) : null }, 200);
  });

  api.openapi(route, async (c) => {
    const { domain: name, run } = c.req.valid('param');
    const recorded = wholeNumber(run) === undefined ? undefined : await findReport(db, name, run);
    const runId = recorded?.runId ?? run;
    const view = await readRun(services, name, runId);
    if (!view) throw new Problem('not-found', `There is no such run of ${name}.`);
    return c.json(runOf(runId, view), 200);
  });

  api.post(`${API}/orgs/:domain/runs`, onlyOperators(services));
  api.openapi(startRoute, async (c) => {
    const { domain: name } = c.req.valid('param');
    // Without a body nothing is validated, so the default is not applied.
    const { mode: asked = 'auto' } = c.req.valid('json') as { mode?: RequestedMode };
    const request = { domain: name, mode: asked };
    const { runId, attached } = await startOrAttach(client, config, request);
    c.set('network', networkOf(clientAddress(c, settings.proxies)));
    if (!attached) await recordRun(services, c, name, `A run was started (${request.mode})`);
    return c.json({ runId, attached }, 202, {
      Location: `${API}/orgs/${encodeURIComponent(name)}/runs/${runId}`,
    });
  });
}

function summaryOf({ runId, runNumber, mode: ran, outcome: ended, startedAt, finishedAt }: RecordedRun) {
  return {
    runId,
    runNumber,
    mode: ran,
    outcome: ended,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

const NOTHING = { finishedAt: null, progress: null, report: null, status: null, failure: null };

function runOf(runId: string, view: RunView) {
  switch (view.kind) {
    case 'live': {
      const { workflowId, startedAt, progress = null } = view.live;
      const state = 'running' as const;
      return { ...NOTHING, runId, workflowId, state, startedAt: startedAt.toISOString(), progress };
    }
    case 'reported': {
      const { report, workflowId } = view;
      const { startedAt, finishedAt } = report;
      const state = 'reported' as const;
      return { ...NOTHING, runId: report.runId, workflowId, state, startedAt, finishedAt, report };
    }
    case 'ended': {
      const { workflowId, startedAt, endedAt, status, why = null } = view;
      const state = 'ended' as const;
      const times = { startedAt: startedAt.toISOString(), finishedAt: endedAt?.toISOString() ?? null };
      return { ...NOTHING, runId, workflowId, state, ...times, status, failure: why };
    }
  }
}
