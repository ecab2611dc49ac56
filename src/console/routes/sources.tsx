import { Hono } from 'hono';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';
import { integrationPath, SOURCES_PATH } from '../pages/links';
import { SourcesPage } from '../pages/sources';
import { indexFaults } from '../read/indexFaults';
import { readIntegration } from '../read/integration';
import { document, pageContext } from '../respond';

/** Number of runs needed for a card's state: the current one and the one before it, with one to spare. */
const RUNS_PER_CARD = 3;

/** Routes of the sources. `/` leads to the overview of an only org, unless there is a problem to show. */
export function sourcesRoutes(services: Services): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  const readFaults = async () => {
    const { isReadOnly } = services.settings;
    const faults = isReadOnly ? [] : services.config.okta.readOrgs().faults;
    return [...faults, ...(await indexFaults(services.db))];
  };

  app.get('/', async (c) => {
    const [only, ...others] = await domainsOf(services);
    const isOne = only !== undefined && others.length === 0 && (await readFaults()).length === 0;
    return c.redirect(isOne ? integrationPath(only) : SOURCES_PATH);
  });

  app.get(SOURCES_PATH, async (c) => {
    const domains = await domainsOf(services);
    const integrations = await Promise.all(
      domains.map((domain) => readIntegration(services, domain, RUNS_PER_CARD)),
    );
    return document(
      c,
      <SourcesPage
        page={pageContext(c, services)}
        integrations={integrations}
        faults={await readFaults()}
        now={new Date()}
      />,
    );
  });
  return app;
}
