import { createMiddleware } from 'hono/factory';
import { csrf } from 'hono/csrf';
import type { ConsoleEnv } from '../env';
import type { Names } from './hosts';
import { isOwnForm } from './sessions';

/** Name of the form field with the session's token. */
export const TOKEN_FIELD = 'form_token';

/** Rejects requests that a browser sends on behalf of another site. */
export function onlyOwnOrigins(names: () => Names) {
  return csrf({ origin: (origin) => names().origins.has(origin), secFetchSite: 'same-origin' });
}

/**
 * Rejects forms without the session's token and forms that cannot be parsed. Hono caches the parsed body, so routes
 * never see a body that cannot be parsed.
 */
export const onlyOwnForms = createMiddleware<ConsoleEnv>(async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const form = await c.req.parseBody().catch(() => undefined);
  if (form === undefined)
    return c.text('This form could not be read. Go back, reload the page and send it again.\n', 400);
  if (isOwnForm(c.get('session'), form[TOKEN_FIELD])) return next();
  return c.text('This form is from an earlier session. Go back, reload the page and send it again.\n', 403);
});
