import { lastCompleted } from '../read/health';
import type { Integration } from '../read/integration';
import { mayAct } from '../safety/people';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath, runPath } from './links';
import { TimeAgo, Facts, Faults, sizeFacts } from './parts';
import { StateBadges } from './stateBadges';
import { ScheduleText } from './scheduleText';

/** The list of integrations with their states, or a link to add the first one. */
export function SourcesPage({
  page,
  integrations,
  faults,
  now,
}: {
  page: PageContext;
  integrations: readonly Integration[];
  /** Problems with the configuration and the graph's indexes. */
  faults: readonly string[];
  now: Date;
}) {
  return (
    <Layout title="Sources" page={page}>
      <h1>Sources</h1>
      <Faults faults={faults} />
      {integrations.length === 0 ? (
        <section class="empty">
          <h2>No integrations yet</h2>
          {page.isReadOnly ? (
            <p>The graph has no Okta organization yet, and this console is read-only.</p>
          ) : !mayAct(page, 'admin') ? (
            <p>An admin of this console can add an Okta organization.</p>
          ) : (
            <>
              <p>Add your Okta organization to sync its users, groups and memberships into the graph.</p>
              <p>
                <a class="button" href="/add">
                  Add integration
                </a>
              </p>
            </>
          )}
        </section>
      ) : (
        <ul class="cards">
          {integrations.map((integration) => (
            <li>
              <SourceCard integration={integration} now={now} />
            </li>
          ))}
        </ul>
      )}
    </Layout>
  );
}

function SourceCard({ integration, now }: { integration: Integration; now: Date }) {
  const { domain, schedule, currentRun, lastSuccess, size } = integration;
  return (
    <article class="card">
      <h2>
        <a href={integrationPath(domain)}>{domain}</a> <StateBadges integration={integration} />
      </h2>
      <Facts
        facts={[
          currentRun && [
            'In progress',
            <a href={runPath(domain, currentRun.runId)}>
              started <TimeAgo time={currentRun.startedAt} now={now} />
            </a>,
          ],
          ['Schedule', <ScheduleText schedule={schedule} now={now} />],
          [
            'Last success',
            lastSuccess?.finishedAt ? (
              <a href={runPath(domain, lastSuccess.runId)}>
                <TimeAgo time={lastSuccess.finishedAt} now={now} />
              </a>
            ) : (
              'Never'
            ),
          ],
          // During the first run, nobody knows how much there is.
          ...(lastCompleted(integration) ? sizeFacts(domain, size) : []),
        ]}
      />
    </article>
  );
}

/** Replaces every page while the feature flag is off. */
export function HiddenPage({ page, contact }: { page: PageContext; contact: string }) {
  return (
    <Layout title="Sources" page={page}>
      <h1>Sources</h1>
      <section class="empty">
        <h2>The Okta integration is disabled</h2>
        <p>
          {`SHOW_OKTA_INTEGRATION is false in this installation, so the console is hidden and no run is scheduled. To enable it, contact ${contact}.`}
        </p>
      </section>
    </Layout>
  );
}
