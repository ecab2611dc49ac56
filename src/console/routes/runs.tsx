import { Hono } from 'hono';
import { namesIn } from '../../reportView/names';
import { cancelRun } from '../../runs/cancelRun';
import { startApproved } from '../../runs/startApproved';
import { findRunningSync } from '../../runs/inProgress';
import type { SyncReport } from '../../contract';
import { approvalOfList, totalOf, withheldIn } from '../../graph/write/approvals';
import { phasesOf } from '../../graph/read/phases';
import { findReport, lastToLook, runAfter, runsBefore } from '../../graph/read/reports';
import { NONE_UNSEEN, unseenBy, unseenIds } from '../../graph/write/withheld';
import { describeSchedule } from '../../runs/schedule';
import { wholeNumber } from '../../text/wholeNumber';
import type { ConsoleEnv, Services } from '../env';
import { ComparePage } from '../pages/compare';
import { runPath } from '../pages/links';
import { RunPage, type Reported } from '../pages/run';
import { RunChangesPage } from '../pages/runChanges';
import { RUN_OUTCOMES, RunsPage } from '../pages/runs';
import { WithheldPage, type Withheld } from '../pages/withheld';
import { readRun } from '../read/run';
import { readRunChanges } from '../read/runChanges';
import { recordChange } from '../recordChange';
import { document, pageContext } from '../respond';
import { operated } from '../../telemetry/events';

const RUNS_ON_PAGE = 50;
const UNSEEN_ON_PAGE = 200;
/** The page of a run has the form that approves them below. */
const FIRST_UNSEEN = 20;
const FIRST_CHANGES = 50;
const CHANGES_ON_PAGE = 200;
/** Each page of changes reads those of the pages before it too. */
const MAX_CHANGES_PAGED = 10_000;

/** Routes of the runs of an org: their list, their pages, and what can be done on them. */
export function runRoutes(services: Services): Hono<ConsoleEnv> {
  const { client, config, db, settings } = services;
  const app = new Hono<ConsoleEnv>();

  app.get('/integrations/:domain/runs', async (c) => {
    const { domain } = c.req.param();
    const before = wholeNumber(c.req.query('before') ?? '');
    const outcome = RUN_OUTCOMES.find((each) => each === c.req.query('outcome'));
    const withTouched = c.req.query('touched') === 'yes';
    const [runs, current] = await Promise.all([
      runsBefore(db, domain, { before, outcome, withTouched, limit: RUNS_ON_PAGE + 1 }),
      findRunningSync(client, domain),
    ]);
    return document(
      c,
      <RunsPage
        page={pageContext(c, services)}
        domain={domain}
        runs={runs.slice(0, RUNS_ON_PAGE)}
        hasMore={runs.length > RUNS_ON_PAGE}
        before={before}
        outcome={outcome}
        withTouched={withTouched}
        currentRunId={current?.runId}
        now={new Date()}
      />,
    );
  });

  // Pages are by id; a number is what people type.
  app.get('/integrations/:domain/runs/:number{[0-9]+}/:part?', async (c) => {
    const { domain, number, part } = c.req.param();
    const run = await findReport(db, domain, number);
    if (!run) return c.notFound();
    const { search } = new URL(c.req.url);
    return c.redirect(
      `${runPath(domain, run.runId)}${part === undefined ? '' : `/${encodeURIComponent(part)}`}${search}`,
    );
  });

  app.get('/integrations/:domain/runs/:runId', async (c) => {
    const { domain, runId } = c.req.param();
    const [view, schedule] = await Promise.all([
      readRun(services, domain, runId),
      describeSchedule(client, domain),
    ]);
    if (!view) return c.notFound();
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
        reported={view.kind === 'reported' ? await readReported(services, view.report) : undefined}
        now={new Date()}
      />,
    );
  });

  app.get('/integrations/:domain/runs/:runId/changes', async (c) => {
    const { domain, runId } = c.req.param();
    const skip = Math.min(wholeNumber(c.req.query('skip') ?? '') ?? 0, MAX_CHANGES_PAGED);
    const [run, found] = await Promise.all([
      findReport(db, domain, runId),
      readRunChanges(db, domain, runId, { skip, atMost: CHANGES_ON_PAGE }),
    ]);
    if (!run || !found) return c.notFound();
    const page = pageContext(c, services);
    const isRunning = run.report === undefined;
    const shown = { page, domain, runId, title: `run #${run.runNumber}`, skip, isRunning, ...found };
    return document(c, <RunChangesPage {...shown} pageSize={CHANGES_ON_PAGE} max={MAX_CHANGES_PAGED} />);
  });

  app.get('/integrations/:domain/runs/:runId/withheld', async (c) => {
    const { domain, runId } = c.req.param();
    const skip = wholeNumber(c.req.query('skip') ?? '') ?? 0;
    const run = await findReport(db, domain, runId);
    const withheld =
      run?.report && (await withheldBy(services, run.report, { skip, atMost: UNSEEN_ON_PAGE }));
    if (!run || !withheld) return c.notFound();
    const page = pageContext(c, services);
    const title = `run #${run.runNumber}`;
    return document(c, <WithheldPage {...{ page, domain, runId, title, withheld, skip }} />);
  });

  app.get('/integrations/:domain/runs/:runId/compare', async (c) => {
    const { domain, runId } = c.req.param();
    const found = await Promise.all(
      [c.req.query('with') ?? '', runId].map((each) => findReport(db, domain, each)),
    );
    const reports = found.flatMap((run) => run?.report ?? []);
    const [older, newer] = reports.sort((a, b) => a.runNumber - b.runNumber);
    if (!older || !newer) return c.notFound();
    const [names, namesBefore] = await Promise.all([namesIn(db, newer), namesIn(db, older)]);
    const both = {
      users: new Map([...namesBefore.users, ...names.users]),
      groups: new Map([...namesBefore.groups, ...names.groups]),
    };
    const page = pageContext(c, services);
    return document(c, <ComparePage page={page} domain={domain} reports={[older, newer]} names={both} />);
  });

  app.post('/integrations/:domain/runs/:runId/cancel', async (c) => {
    const { domain, runId } = c.req.param();
    const { sure } = await c.req.parseBody();
    const running = await findRunningSync(client, domain);
    if (sure !== 'yes' || running?.runId !== runId) return c.redirect(runPath(domain, runId), 303);
    const recorded = await findReport(db, domain, runId);
    if (recorded?.report) return c.redirect(runPath(domain, runId), 303);
    await cancelRun(client, running);
    const which = recorded ? `Run #${recorded.runNumber}` : 'A run that had not begun';
    await recordChange(services, c, domain, `${which} was stopped`);
    return c.redirect(`${runPath(domain, runId)}?note=stopping`, 303);
  });

  app.post('/integrations/:domain/runs/:runId/approve', async (c) => {
    const { domain, runId } = c.req.param();
    const { sure } = await c.req.parseBody();
    const view = await readRun(services, domain, runId);
    const withheld = view?.kind === 'reported' ? await withheldBy(services, view.report) : undefined;
    if (sure !== 'yes' || view?.kind !== 'reported' || !withheld || withheld.refusal !== undefined)
      return c.redirect(`${runPath(domain, runId)}?note=not-approved`, 303);
    const { runNumber } = view.report;
    // Only a run changes what is listed, and there has been none since the page showed it.
    const ids = await unseenIds(db, domain, runNumber);
    const listed = {
      ofRun: runNumber,
      userIds: ids.get('User') ?? [],
      groupIds: ids.get('Group') ?? [],
    };
    const approval = { by: c.get('person').name, counts: withheld.counts, listed };
    const network = c.get('network');
    const started = await startApproved({ client, config, db, domain, mode: 'full', approval, network });
    if (!started.attached)
      operated.emit({
        event: 'approval',
        domain,
        by: approval.by,
        network,
        message: 'Removals were approved',
      });
    return c.redirect(
      `${runPath(domain, started.runId)}?note=${started.attached ? 'attached' : 'started'}`,
      303,
    );
  });
  return app;
}

/** Returns what the page of a run shows beyond its report. */
async function readReported(services: Services, report: SyncReport): Promise<Reported> {
  const { db } = services;
  const { domain, runId, runNumber } = report;
  const listed = { withTouched: report.mode === 'touched' };
  const [names, phases, changes, withheld, newer, [older], [before]] = await Promise.all([
    namesIn(db, report),
    phasesOf(db, domain, runId),
    readRunChanges(db, domain, runId, { atMost: FIRST_CHANGES }),
    withheldBy(services, report),
    runAfter(db, domain, runNumber, listed),
    runsBefore(db, domain, { before: runNumber, limit: 1, ...listed }),
    runsBefore(db, domain, { before: runNumber, limit: 1 }),
  ]);
  return { names, phases, changes, withheld, before, older, newer };
}

/**
 * Returns the removals that a run withheld and, unless it is the latest run, why they cannot be approved.
 *
 * @param part number of those listed on the pages before, and at most on this one.
 */
async function withheldBy(
  { client, db }: Services,
  { domain, runId, runNumber, mode }: SyncReport,
  part: { skip?: number; atMost: number } = { atMost: FIRST_UNSEEN },
): Promise<Withheld | undefined> {
  const counts = await withheldIn(db, domain, runNumber);
  if (totalOf(counts) === 0) return undefined;
  const [latest, currentRun, approval] = await Promise.all([
    lastToLook(db, domain),
    findRunningSync(client, domain),
    approvalOfList(db, domain, runNumber),
  ]);
  const given = approval ? { approval } : {};
  if (latest?.runId !== runId)
    return {
      counts,
      ...given,
      all: NONE_UNSEEN,
      refusal:
        mode === 'touched'
          ? 'An incremental run checks them next. See its page for the removals that are withheld then.'
          : 'There is a later run. See its page for the removals that are withheld now.',
    };
  const all = await unseenBy(db, domain, runNumber, part);
  const shown = { counts, ...given, all };
  return currentRun && currentRun.runId !== runId
    ? { ...shown, refusal: 'A run is in progress. Its report will show what is withheld.' }
    : shown;
}
