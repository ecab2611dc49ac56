import { Hono } from 'hono';
import { namesIn } from '../../reportView/names';
import { startApproved } from '../../runs/startApproved';
import { findRunningSync } from '../../runs/inProgress';
import type { SyncReport } from '../../contract';
import { totalOf, withheldIn } from '../../graph/write/approvals';
import { lastReports } from '../../graph/read/reports';
import { unseenBy } from '../../graph/write/withheld';
import { describeSchedule } from '../../runs/schedule';
import type { ConsoleEnv, Services } from '../env';
import { runPath } from '../pages/links';
import { RunPage, type Withheld } from '../pages/run';
import { readRun } from '../read/run';
import { document, pageContext } from '../respond';
import { operated } from '../../telemetry/events';

const MAX_UNSEEN = 100;

/** Routes of a run's page and the approval of its withheld removals. */
export function runRoutes(services: Services): Hono<ConsoleEnv> {
  const { client, config, db, settings } = services;
  const app = new Hono<ConsoleEnv>();

  app.get('/integrations/:domain/runs/:runId', async (c) => {
    const { domain, runId } = c.req.param();
    const [view, schedule] = await Promise.all([
      readRun(services, domain, runId),
      describeSchedule(client, domain),
    ]);
    if (!view) return c.notFound();
    const report = view.kind === 'reported' ? view.report : undefined;
    const withheld = report && (await withheldBy(services, report));
    return document(
      c,
      <RunPage
        page={pageContext(c, services)}
        domain={domain}
        runId={runId}
        view={view}
        schedule={schedule}
        temporal={{
          namespace: config.temporal.namespace,
          ...(settings.temporalUi === undefined ? {} : { ui: settings.temporalUi }),
        }}
        {...(report && { names: await namesIn(db, report) })}
        {...(withheld && { withheld })}
        now={new Date()}
      />,
    );
  });

  app.post('/integrations/:domain/runs/:runId/approve', async (c) => {
    const { domain, runId } = c.req.param();
    const { sure } = await c.req.parseBody();
    const view = await readRun(services, domain, runId);
    const withheld = view?.kind === 'reported' ? await withheldBy(services, view.report) : undefined;
    if (sure !== 'yes' || !withheld || withheld.refusal !== undefined)
      return c.redirect(runPath(domain, runId), 303);
    const approval = { by: c.get('person').name, counts: withheld.counts };
    const network = c.get('network');
    const started = await startApproved({ client, config, db, domain, mode: 'full', approval, network });
    operated.emit({ event: 'approval', domain, by: approval.by, message: 'Removals were approved' });
    return c.redirect(
      `${runPath(domain, started.runId)}?note=${started.attached ? 'attached' : 'started'}`,
      303,
    );
  });
  return app;
}

/** Returns the removals that a run withheld and, unless it is the latest run, why they cannot be approved. */
async function withheldBy(
  { client, db }: Services,
  { domain, runId, runNumber }: SyncReport,
): Promise<Withheld | undefined> {
  const counts = await withheldIn(db, domain, runNumber);
  if (totalOf(counts) === 0) return undefined;
  const [[latest], currentRun] = await Promise.all([
    lastReports(db, domain, 1),
    findRunningSync(client, domain),
  ]);
  if (latest?.runId !== runId)
    return {
      counts,
      unseen: [],
      refusal: 'There is a later run. See its page for the removals that are withheld now.',
    };
  const unseen = await unseenBy(db, domain, runNumber, MAX_UNSEEN);
  if (currentRun)
    return { counts, unseen, refusal: 'A run is in progress. Its report will show what is withheld.' };
  return { counts, unseen };
}
