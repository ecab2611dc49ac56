import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ConsoleEnv, Services } from './env';
import type { PageContext } from './pages/layout';
import type { Person } from './safety/people';

/** Responds with a complete HTML page. */
export function document(
  c: Context<ConsoleEnv>,
  page: Child,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  return c.html(html`<!doctype html>${page}`, status);
}

export function pageContext(
  c: Context<ConsoleEnv>,
  { settings }: Services,
  section?: PageContext['section'],
): PageContext {
  const session = c.get('session');
  return {
    session,
    ...(section && { section }),
    // Nobody is known before the request is allowed.
    role: (c.get('person') as Person | undefined)?.role ?? 'viewer',
    isReadOnly: settings.isReadOnly,
    hasSignOut: session.isSignedIn,
    note: c.req.query('note'),
  };
}
