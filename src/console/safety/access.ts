import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv } from '../env';
import type { SignInRecords } from '../recordSignIn';
import type { Access, ConsoleSettings } from '../settings';
import { addressOf } from './addresses';
import { recordedName, ROLES, THE_CONSOLE, type Person } from './people';

/**
 * Allows requests according to the access settings, and sets the request's person; everyone is a viewer of a read-only
 * console. Others are redirected to the sign-in page, or get 401, or 403 if the proxy names no role.
 */
export function onlyAllowed({ access, proxies, isReadOnly }: ConsoleSettings, records: SignInRecords) {
  const allow = (c: Context<ConsoleEnv>, person: Person) =>
    c.set('person', isReadOnly ? { ...person, role: 'viewer' } : person);
  return createMiddleware<ConsoleEnv>(async (c, next) => {
    switch (access.kind) {
      case 'open':
        allow(c, THE_CONSOLE);
        return next();
      case 'password':
      case 'oidc': {
        const { person } = c.get('session');
        if (!person) {
          const to = c.req.method === 'GET' ? c.req.path : '/';
          return c.redirect(`/sign-in?to=${encodeURIComponent(to)}`, 303);
        }
        allow(c, person);
        return next();
      }
      case 'proxy': {
        const name = c.req.header(access.header)?.trim().slice(0, MAX_NAME_LENGTH);
        if (!proxies.has(addressOf(c)) || name === undefined || name === '')
          return c.text('Sign in through the proxy in front of this console.\n', 401);
        const by = recordedName(name);
        const role = proxyRole(c, access);
        if (!role) {
          records.add(c, { event: 'sign_in_refused', what: 'Refused: the proxy named no role', by });
          const text = `The sign-in proxy must name your role in ${access.roleHeader}: viewer, operator or admin.\n`;
          return c.text(text, 403);
        }
        allow(c, { name: by, role });
        return next();
      }
    }
  });
}

/** Maximum length of a user name from a header. */
const MAX_NAME_LENGTH = 200;

function proxyRole(c: Context, { roleHeader }: Extract<Access, { kind: 'proxy' }>) {
  return roleHeader === undefined ? 'admin' : ROLES.find((role) => role === c.req.header(roleHeader)?.trim());
}
