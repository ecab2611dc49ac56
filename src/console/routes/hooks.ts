import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { pingWatch } from '../../runs/watch';
import { operated } from '../../telemetry/events';
import type { ConsoleEnv, Services } from '../env';
import { explained } from '../explained';
import { domainsOf } from '../orgs';
import { Knocks } from '../safety/knocks';

/** Okta waits three seconds for an answer; nobody waits for this one. */
const PING_DEADLINE_MS = 10_000;

/**
 * The endpoint of Okta's event hooks, if there is a secret for it. A hook is a knock at the door: what it says is not
 * read, and the watch of the System Log polls at once instead of at its next interval. So a forged, repeated, late or lost
 * one costs at most a poll.
 *
 * Source of the protocol: https://developer.okta.com/docs/concepts/event-hooks/
 */
export function hookRoutes(services: Services): Hono<ConsoleEnv> {
  const { client, settings } = services;
  const app = new Hono<ConsoleEnv>();
  const { hookSecret } = settings;
  if (!hookSecret) return app;
  const wanted = digest(hookSecret.reveal());
  const knocks = new Knocks((domain) =>
    client
      .withDeadline(Date.now() + PING_DEADLINE_MS, () => pingWatch(client, domain))
      .then(
        (isWatched) => isWatched || complain(domain, 'its System Log is not watched: see docs/watch.md'),
        () => complain(domain, 'Temporal could not be reached; the next poll of the watch is not early'),
      ),
  );

  app.use('/hooks/okta/:domain', async (c, next) => {
    if (!timingSafeEqual(wanted, digest(c.req.header('authorization') ?? '')))
      return c.text('The header Authorization does not have the value of CONSOLE_HOOK_SECRET.\n', 401);
    const domain = c.req.param('domain');
    // A flood is not worth reading the configuration for each.
    if (!knocks.isRecent(domain) && !(await domainsOf(services)).includes(domain))
      return c.text('This console has no such org.\n', 404);
    return next();
  });
  app.get('/hooks/okta/:domain', (c) => {
    const verification = c.req.header('x-okta-verification-challenge');
    return verification === undefined
      ? c.text('This is the endpoint of an event hook of Okta.\n')
      : c.json({ verification });
  });
  app.post('/hooks/okta/:domain', (c) => {
    knocks.at(c.req.param('domain'));
    return c.body(null, 204);
  });
  // It comes before sessions, without which the console has no page for an error.
  app.onError((error, c) => {
    const { text, status } = explained(error, services);
    return c.text(`${text}\n`, status);
  });
  return app;
}

/** All are of one length, so that a comparison takes the same time for each. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function complain(domain: string, why: string): void {
  operated.emit({
    event: 'console_error',
    domain,
    message: `Received an event hook of ${domain}, but ${why}`,
  });
}
