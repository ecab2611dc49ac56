import type { DayChanges, Trends } from '../../graph/read/overview';
import type { Integration } from '../read/integration';
import { ChangesPerDay, type ChangeDays } from './changesPerDay';
import { RunsChart } from './chart';
import { Findings } from './findings';
import { mayAct } from '../safety/people';
import { Freshness } from './freshness';
import { Layout } from './layout';
import { LeftOut } from './leftOut';
import { integrationPath } from './links';
import { OrgTiles } from './orgTiles';
import type { PageContext } from './pageContext';
import { StateBadges } from './stateBadges';
import { RunNow, ScheduleForms, type SyncSettings } from './runActions';
import type { WatchStatus } from '../../runs/watch';
import { RunsTable } from './runsTable';
import { WatchLine } from './watchLine';

interface IntegrationPageProps {
  page: PageContext;
  integration: Integration;
  /** The watch of the System Log, if one runs. */
  watch?: WatchStatus | undefined;
  trends: Trends;
  /** What runs changed on each of the last `days`. */
  changes: readonly DayChanges[];
  days: ChangeDays;
  /** True if its credentials can be changed in the console. */
  isManaged: boolean;
  sync: SyncSettings;
  /** Profile attributes that are never stored. */
  omitted: readonly string[];
  now: Date;
}

/** The page of an integration: an overview of the org, then actions, schedule and last runs. */
export function IntegrationPage(props: IntegrationPageProps) {
  const { page, integration, trends, changes, days, isManaged, sync, now } = props;
  const { domain, size, runs } = integration;
  return (
    <Layout title={domain} page={page} refreshSeconds={integration.currentRun ? 10 : 60}>
      <h1>
        {domain} <StateBadges integration={integration} />
      </h1>
      <Freshness integration={integration} now={now} />
      {(integration.currentRun || mayAct(page, 'operator')) && (
        <p class="row">
          <a class="button quiet" href="#run">
            {integration.currentRun ? 'Run in progress' : 'Run now'}
          </a>
          {isManaged && (
            <a class="button quiet" href={`${integrationPath(domain)}/settings`}>
              Settings
            </a>
          )}
        </p>
      )}
      <WatchLine watch={props.watch} now={now} />
      <LeftOut integration={integration} omitted={props.omitted} />
      <OrgTiles domain={domain} trends={trends} size={runs.length > 0 ? size : undefined} />
      <Findings domain={domain} trends={trends} />
      <ChangesPerDay {...{ domain, changes, days, now }} />
      <RunsChart runs={runs} />
      <RunNow page={page} integration={integration} sync={sync} now={now} />
      <ScheduleForms page={page} integration={integration} />
      <RunsTable integration={integration} now={now} />
    </Layout>
  );
}
