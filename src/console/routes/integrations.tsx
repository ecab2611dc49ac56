import { Hono } from 'hono';
import { formatDuration } from '../../text/times';
import { readWatch } from '../../runs/watch';
import { startOrAttach } from '../../runs/startOrAttach';
import { REQUESTED_MODES } from '../../contract';
import { applySchedule, pauseSchedule, resumeSchedule } from '../../runs/schedule';
import { changesByDay, trends } from '../../graph/read/overview';
import type { ConsoleEnv, Services } from '../env';
import { isManaged } from '../orgs';
import { CHANGE_DAYS, firstDayMs } from '../pages/changesPerDay';
import { IntegrationPage } from '../pages/integration';
import { integrationPath, runPath } from '../pages/links';
import { readIntegration } from '../read/integration';
import { recordChange, recordRun } from '../recordChange';
import { document, pageContext } from '../respond';
import { mayAct } from '../safety/people';

/** Note for pausing and resuming; Temporal ignores a pause without a note. */
const BY_CONSOLE = 'By the console.';

/** Routes of an integration's page and its actions. */
export function integrationRoutes(services: Services): Hono<ConsoleEnv> {
  const { client, config } = services;
  const app = new Hono<ConsoleEnv>();

  app.get('/integrations/:domain', async (c) => {
    const domain = c.req.param('domain');
    const now = new Date();
    const days = CHANGE_DAYS.find((each) => String(each) === c.req.query('days')) ?? CHANGE_DAYS[0];
    const [integration, watch, trendsOfOrg, changes] = await Promise.all([
      readIntegration(services, domain),
      config.sync.watchIntervalMs === undefined ? undefined : readWatch(client, domain),
      trends(services.db, domain),
      changesByDay(services.db, domain, firstDayMs(now, days)),
    ]);
    const page = pageContext(c, services);
    return document(
      c,
      <IntegrationPage
        page={page}
        integration={integration}
        watch={watch}
        trends={trendsOfOrg}
        changes={changes}
        days={days}
        isManaged={mayAct(page, 'admin') && isManaged(config, integration.domain)}
        sync={config.sync}
        omitted={config.sync.data.omitted}
        now={now}
      />,
    );
  });

  app.post('/integrations/:domain/run', async (c) => {
    const domain = c.req.param('domain');
    const form = await c.req.parseBody();
    const mode = REQUESTED_MODES.find((each) => each === form['mode']) ?? 'auto';
    const { runId, attached } = await startOrAttach(client, config, { domain, mode });
    if (!attached) await recordRun(services, c, domain, `A run was started (${mode})`);
    return c.redirect(`${runPath(domain, runId)}?note=${attached ? 'attached' : 'started'}`, 303);
  });

  app.post('/integrations/:domain/schedule', async (c) => {
    const domain = c.req.param('domain');
    const { change } = await applySchedule(client, config, domain);
    await recordChange(
      services,
      c,
      domain,
      `The schedule was ${change}: every ${formatDuration(config.sync.intervalMs)}`,
    );
    return c.redirect(`${integrationPath(domain)}?note=scheduled`, 303);
  });

  app.post('/integrations/:domain/pause', async (c) => {
    const domain = c.req.param('domain');
    const { note } = await c.req.parseBody();
    const why = typeof note === 'string' ? note.trim().slice(0, 200) : '';
    await pauseSchedule(client, domain, why || BY_CONSOLE);
    await recordChange(
      services,
      c,
      domain,
      why ? `The schedule was paused: ${why}` : 'The schedule was paused',
    );
    return c.redirect(`${integrationPath(domain)}?note=paused`, 303);
  });

  app.post('/integrations/:domain/resume', async (c) => {
    const domain = c.req.param('domain');
    await resumeSchedule(client, config, domain, BY_CONSOLE);
    await recordChange(services, c, domain, 'The schedule was resumed');
    return c.redirect(`${integrationPath(domain)}?note=resumed`, 303);
  });
  return app;
}
