import { createMiddleware } from 'hono/factory';
import { csrf } from 'hono/csrf';
import type { ConsoleEnv } from '../env';
import type { Names } from './hosts';
import { isOwnForm } from './sessions';

/** The field of a form that carries its session's token. */
export const TOKEN_FIELD = 'form_token';

/** Refuses what a browser sends on another site's behalf. */
export function onlyOwnOrigins(names: () => Names) {
  return csrf({ origin: (origin) => names().origins.has(origin), secFetchSite: 'same-origin' });
}

/**
 * Refuses a form without the token of its session, and one that cannot be read: malformed, or cut off. What is read
 * here is kept for the routes, so that no other place meets a body that it cannot read.
 */
export const onlyOwnForms = createMiddleware<ConsoleEnv>(async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const form = await c.req.parseBody().catch(() => undefined);
  if (form === undefined)
    return c.text('This form could not be read. Go back, reload the page and send it again.\n', 400);
  if (isOwnForm(c.get('session'), form[TOKEN_FIELD])) return next();
  return c.text(
    'This form is of an earlier session of the console. Go back, reload the page and send it again.\n',
    403,
  );
});
