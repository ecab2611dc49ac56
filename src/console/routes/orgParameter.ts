import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf } from '../orgs';

/** A domain in a path only selects among the configured ones, by exact match. */
export function orgParameter(services: Services) {
  return createMiddleware<ConsoleEnv>(async (c, next) => {
    if (domainsOf(services).includes(c.req.param('domain') ?? '')) return next();
    return c.notFound();
  });
}
