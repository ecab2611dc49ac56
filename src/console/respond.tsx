import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ConsoleEnv, Services } from './env';
import type { PageContext } from './pages/pageContext';
import { ownName, type Person } from './safety/people';

/** Responds with a complete HTML page. */
export function document(
  c: Context<ConsoleEnv>,
  page: Child,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  return c.html(html`<!doctype html>${page}`, status);
}

export function pageContext(c: Context<ConsoleEnv>, { settings, config }: Services): PageContext {
  const session = c.get('session');
  // None before the request is allowed.
  const orgs = c.get('orgs') ?? [];
  const own = c.req.param('domain');
  const person = c.get('person') as Person | undefined;
  const isSignedIn = session.isSignedIn || settings.access.kind === 'proxy';
  return {
    session,
    // As the links encode it, whatever the browser has encoded.
    path: pathOf(c.req.path),
    domain: orgs.length === 1 ? orgs[0] : orgs.find((each) => each === own),
    orgs,
    access: config.sync.access,
    // Nobody is known before the request is allowed.
    role: person?.role ?? 'viewer',
    isReadOnly: settings.isReadOnly,
    hasSignOut: session.isSignedIn,
    signedInAs: person && isSignedIn ? (ownName(person) ?? 'Signed in') : undefined,
    note: c.req.query('note'),
  };
}

function pathOf(sent: string): string {
  try {
    return sent
      .split('/')
      .map((part) => encodeURIComponent(decodeURIComponent(part)))
      .join('/');
  } catch {
    return sent;
  }
}
