import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv } from '../env';

/** Responds with 404 unless the domain in the path is exactly a configured one. */
export const orgParameter = createMiddleware<ConsoleEnv>(async (c, next) => {
  if (c.get('orgs')?.includes(c.req.param('domain') ?? '')) return next();
  return c.notFound();
});
