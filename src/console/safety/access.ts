import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv } from '../env';
import type { Access, ConsoleSettings } from '../settings';
import { addressOf } from './addresses';

/** Allows requests according to the access settings. Others are redirected to the sign-in page or get 401. */
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
        return c.text('Sign in through the proxy in front of this console.\n', 401);
      }
    }
  });
}

/** Returns the sender of a request: the user named by the sign-in proxy, or `the console`. */
export function senderOf(c: Context, access: Access): string {
  const user =
    access.kind === 'proxy' ? c.req.header(access.header)?.trim().slice(0, MAX_NAME_LENGTH) : undefined;
  return user === undefined || user === '' ? 'the console' : `${user}, in the console`;
}

/** Maximum length of a user name from a header. */
const MAX_NAME_LENGTH = 200;
