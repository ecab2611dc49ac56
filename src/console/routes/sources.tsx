import { Hono } from 'hono';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';
import { SourcesPage } from '../pages/sources';
import { indexFaults } from '../read/indexFaults';
import { readIntegration } from '../read/integration';
import { document, pageContext } from '../respond';

/** Number of runs needed for a card's state: the current one and the one before it, with one to spare. */
const RUNS_PER_CARD = 3;

export function sourcesRoutes(services: Services): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { isReadOnly } = services.settings;
    const faults = isReadOnly ? [] : services.config.okta.readOrgs().faults;
    const domains = await domainsOf(services);
    const integrations = await Promise.all(
      domains.map((domain) => readIntegration(services, domain, RUNS_PER_CARD)),
    );
    return document(
      c,
      <SourcesPage
        page={pageContext(c, services)}
        integrations={integrations}
        faults={[...faults, ...(await indexFaults(services.db))]}
        now={new Date()}
      />,
    );
  });
  return app;
}
