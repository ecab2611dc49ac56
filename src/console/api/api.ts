import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';
import type { Clock } from '../safety/clock';
import { onlyTokens } from './bearer';
import { addChanges } from './changes';
import { addNodes } from './nodes';
import { addOpenApi, API } from './openApi';
import { addOrgs } from './orgs';
import { Problem, problemOf } from './problem';
import { addQuestions } from './questions';
import { addRuns } from './runs';

const MAX_BODY_BYTES = 16 * 1024;

/** Deadline for Temporal calls within one request. */
const DEADLINE_MS = 20_000;

/** Creates the console's HTTP API: no cookies, no sessions, an API token with each request. */
export function createApi(services: Services, clock: Clock): OpenAPIHono<ConsoleEnv> {
  const { client, config, settings } = services;
  const api = new OpenAPIHono<ConsoleEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const faults = result.error.issues.map(({ path, message }) => [path.join('.'), message]);
      throw new Problem('invalid-request', faults.map((each) => each.filter(Boolean).join(': ')).join('; '));
    },
  });
  api.onError((error) => problemOf(error, services).response);
  api.notFound(() => new Problem('not-found', `There is no such path. See ${API}/openapi.json.`).response);

  addOpenApi(api);
  api.use(onlyTokens(services, clock));
  if (!config.showOktaIntegration)
    api.use(() => {
      const text = `SHOW_OKTA_INTEGRATION is false in this installation. To enable it, contact ${settings.contact}.`;
      throw new Problem('disabled', text);
    });
  api.use(bodyLimit({ maxSize: MAX_BODY_BYTES }));
  api.use((_, next) => client.withDeadline(Date.now() + DEADLINE_MS, next));
  api.use(`${API}/orgs/:domain/*`, onlyOrgs(services));
  addOrgs(api, services);
  addRuns(api, services);
  addQuestions(api, services);
  addNodes(api, services);
  addChanges(api, services);
  refuseOtherMethods(api);
  return api;
}

/** Responds with 404 unless the domain in the path is exactly a configured one. */
function onlyOrgs(services: Services) {
  return createMiddleware<ConsoleEnv>(async (c, next) => {
    if ((await domainsOf(services)).includes(c.req.param('domain') ?? '')) return next();
    throw new Problem('not-found', `There is no such org. See ${API}/orgs.`);
  });
}

/** Responds with 405 to other methods of the paths that exist. */
function refuseOtherMethods(api: OpenAPIHono<ConsoleEnv>): void {
  const methods = new Map<string, string[]>();
  for (const { method, path } of api.routes)
    if (method !== 'ALL') methods.set(path, [...(methods.get(path) ?? []), method]);
  for (const [path, allowed] of methods) {
    const Allow = [...new Set(allowed)]
      .flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]))
      .join(', ');
    api.all(path, (c) => {
      throw new Problem('method-not-allowed', `${c.req.method} is not possible here; use ${Allow}.`, {
        Allow,
      });
    });
  }
}
