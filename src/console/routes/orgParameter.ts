import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';

/** Responds with 404 unless the domain in the path is exactly a configured one. */
export function orgParameter(services: Services) {
  return createMiddleware<ConsoleEnv>(async (c, next) => {
    if ((await domainsOf(services)).includes(c.req.param('domain') ?? '')) return next();
    return c.notFound();
  });
}
