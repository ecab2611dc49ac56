import { createMiddleware } from 'hono/factory';
import { isLoopbackAddress, type ConsoleSettings } from '../settings';

/** Where the console answers: what a browser may send as `Host`, and as `Origin`. */
export interface Names {
  hosts: ReadonlySet<string>;
  origins: ReadonlySet<string>;
}

/** The names of a console that listens on `port`. */
export function namesOf({ address, origin }: ConsoleSettings, port: number): Names {
  const hosts = isLoopbackAddress(address)
    ? ['127.0.0.1', 'localhost', '[::1]', address.includes(':') ? `[${address}]` : address].map(
        (host) => `${host}:${port}`,
      )
    : [];
  const origins = [...hosts.map((host) => `http://${host}`), ...(origin === undefined ? [] : [origin])];
  return { hosts: new Set(origins.map((each) => new URL(each).host)), origins: new Set(origins) };
}

/**
 * Refuses a request for any other host. A page elsewhere can make its own name point at this machine (DNS rebinding)
 * and would then read the console as its own; the name in `Host` gives it away.
 */
export function onlyHosts(names: () => Names) {
  return createMiddleware(async (c, next) => {
    const host = c.req.header('host')?.toLowerCase() ?? '';
    if (names().hosts.has(host)) return next();
    return c.text(
      'This console does not answer under that name. Set CONSOLE_ORIGIN to the one people type.\n',
      421,
    );
  });
}
