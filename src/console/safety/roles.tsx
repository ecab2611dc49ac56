import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { ConsoleEnv, Services } from '../env';
import { MessagePage } from '../pages/layout';
import { document, pageContext } from '../respond';
import type { ConsoleSettings } from '../settings';
import { mayAct, type Role } from './people';

/** The role that each route needs. Without an entry, everyone may look, and only admins may send a form. */
export const NEEDED_ROLES: Readonly<Record<string, Role>> = {
  'POST /integrations/:domain/run': 'operator',
  'POST /integrations/:domain/schedule': 'operator',
  'POST /integrations/:domain/pause': 'operator',
  'POST /integrations/:domain/resume': 'operator',
  'POST /integrations/:domain/runs/:runId/approve': 'operator',
  'GET /integrations/:domain/checks': 'operator',
  'GET /audit': 'operator',
  'GET /audit.csv': 'operator',
  'GET /tokens': 'admin',
  'POST /tokens': 'admin',
  'POST /tokens/:id/revoke': 'admin',
  'GET /add': 'admin',
  'POST /add': 'admin',
  'GET /integrations/:domain/added/:runId': 'admin',
  'GET /integrations/:domain/settings': 'admin',
  'POST /integrations/:domain/credentials': 'admin',
  'POST /integrations/:domain/remove': 'admin',
};

/** Responds with 403 to those whose role does not include what the route needs. */
export function onlyRoles(services: Services) {
  return createMiddleware<ConsoleEnv>(async (c, next) => {
    const isLook = c.req.method === 'GET' || c.req.method === 'HEAD';
    const needed =
      matchedRoutes(c)
        .map(({ method, path }) => NEEDED_ROLES[`${method} ${path}`])
        .find((role) => role !== undefined) ?? (isLook ? 'viewer' : 'admin');
    const { role } = c.get('person');
    if (mayAct({ role }, needed)) return next();
    const { isReadOnly } = services.settings;
    const text = isReadOnly
      ? 'This console is read-only: it changes nothing and adds no integrations. Everyone is a viewer.'
      : `This needs the role ${needed}; you are ${role}. ${whoGives(services.settings, needed)}`;
    const title = isReadOnly ? 'Read-only' : 'Not allowed';
    return document(c, <MessagePage page={pageContext(c, services)} title={title} text={text} />, 403);
  });
}

/** Says how someone gets a role. */
export function whoGives({ access, contact }: ConsoleSettings, role: Role): string {
  if (access.kind !== 'oidc') return `The sign-in proxy names your role. To change it, contact ${contact}.`;
  const { rolesClaim, roles } = access.oidc;
  const values = roles[role];
  if (values.length === 0) return `Nobody has that role in this console. Contact ${contact}.`;
  return `The sign-in provider gives it by the claim ${rolesClaim}, with the value ${values.join(' or ')}. Ask ${contact} for it.`;
}
