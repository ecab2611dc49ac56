import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv } from '../env';
import type { Access, ConsoleSettings } from '../settings';
import { addressOf } from './addresses';

/** Lets in whom the settings let in, and sends others to the sign-in page. */
export function onlyAllowed({ access, proxies }: ConsoleSettings) {
  return createMiddleware<ConsoleEnv>(async (c, next) => {
    switch (access.kind) {
      case 'open':
        return next();
      case 'password': {
        if (c.get('session').isSignedIn) return next();
        const to = c.req.method === 'GET' ? c.req.path : '/';
        return c.redirect(`/sign-in?to=${encodeURIComponent(to)}`, 303);
      }
      case 'proxy': {
        const isFromProxy = proxies.has(addressOf(c));
        if (isFromProxy && c.req.header(access.header)?.trim()) return next();
        return c.text('Sign in at the proxy in front of this console.\n', 401);
      }
    }
  });
}

/** Who sends a request, as far as the console knows: the user that the sign-in proxy names. */
export function whoAsks(c: Context, access: Access): string {
  const user =
    access.kind === 'proxy' ? c.req.header(access.header)?.trim().slice(0, MOST_CHARACTERS) : undefined;
  return user === undefined || user === '' ? 'the console' : `${user}, in the console`;
}

/** Of a name that a header gives. */
const MOST_CHARACTERS = 200;
