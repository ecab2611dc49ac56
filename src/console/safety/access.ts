import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv } from '../env';
import type { ConsoleSettings } from '../settings';
import { addressOf } from './addresses';
import type { Role } from './people';

/**
 * Allows requests according to the access settings, and sets the request's person. Others are redirected to the sign-in
 * page or get 401.
 */
export function onlyAllowed({ access, proxies, isReadOnly }: ConsoleSettings) {
  const role: Role = isReadOnly ? 'viewer' : 'admin';
  return createMiddleware<ConsoleEnv>(async (c, next) => {
    switch (access.kind) {
      case 'open':
        c.set('person', { name: 'the console', role });
        return next();
      case 'password': {
        if (!c.get('session').isSignedIn) {
          const to = c.req.method === 'GET' ? c.req.path : '/';
          return c.redirect(`/sign-in?to=${encodeURIComponent(to)}`, 303);
        }
        c.set('person', { name: 'the console', role });
        return next();
      }
      case 'proxy': {
        const name = c.req.header(access.header)?.trim().slice(0, MAX_NAME_LENGTH);
        if (!proxies.has(addressOf(c)) || name === undefined || name === '')
          return c.text('Sign in through the proxy in front of this console.\n', 401);
        c.set('person', { name: `${name}, in the console`, role });
        return next();
      }
    }
  });
}

/** Maximum length of a user name from a header. */
const MAX_NAME_LENGTH = 200;
