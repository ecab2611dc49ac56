import { createMiddleware } from 'hono/factory';
import { isLoopbackAddress, type ConsoleSettings } from '../settings';

/** Accepted values of the `Host` and `Origin` headers. */
export interface Names {
  hosts: ReadonlySet<string>;
  origins: ReadonlySet<string>;
}

/** Returns the names of a console that listens on `port`. */
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
 * Rejects requests for other hosts. With DNS rebinding, another site can point its name at this machine and read the
 * console as its own origin; its `Host` header reveals it.
 */
export function onlyHosts(names: () => Names) {
  return createMiddleware(async (c, next) => {
    const host = c.req.header('host')?.toLowerCase() ?? '';
    if (names().hosts.has(host)) return next();
    return c.text(
      'This console does not accept requests for this host. Set CONSOLE_ORIGIN to the URL that users open.\n',
      421,
    );
  });
}
