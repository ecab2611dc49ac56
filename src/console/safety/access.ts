import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv } from '../env';
import type { ConsoleSettings } from '../settings';
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
