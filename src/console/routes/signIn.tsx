import { Hono } from 'hono';
import { formatDuration } from '../../cli/duration';
import type { Secret } from '../../secret';
import type { ConsoleEnv, Services } from '../env';
import { SignInPage } from '../pages/signIn';
import { document, pageContext } from '../respond';
import { addressOf } from '../safety/access';
import { Attempts } from '../safety/attempts';
import { passwordVerifier } from '../safety/passwords';
import type { Sessions } from '../safety/sessions';

/** Where a password is asked for. */
export function signInRoutes(services: Services, sessions: Sessions, password: Secret): Hono<ConsoleEnv> {
  const verify = passwordVerifier(password);
  const attempts = new Attempts();
  const app = new Hono<ConsoleEnv>();

  app.get('/sign-in', (c) =>
    document(c, <SignInPage page={pageContext(c, services)} to={ownPath(c.req.query('to'))} />),
  );

  app.post('/sign-in', async (c) => {
    const { password: attempt, to } = await c.req.parseBody();
    const refused = (fault: string, status: 401 | 429) =>
      document(c, <SignInPage page={pageContext(c, services)} to={ownPath(to)} fault={fault} />, status);
    const waitMs = attempts.waitMs(addressOf(c));
    if (waitMs > 0) {
      c.header('Retry-After', String(Math.ceil(waitMs / 1_000)));
      return refused(`Too many wrong passwords. Try again in ${formatDuration(waitMs)}.`, 429);
    }
    // Counted before the slow comparison, or many tries at once would all pass the limit.
    const settle = attempts.begin(addressOf(c));
    const isRight = typeof attempt === 'string' && (await verify(attempt));
    if (!isRight) return refused('That is not the password.', 401);
    settle();
    sessions.signIn(c);
    return c.redirect(ownPath(to), 303);
  });

  app.post('/sign-out', (c) => {
    sessions.signOut(c, c.get('session'));
    return c.redirect('/sign-in', 303);
  });
  return app;
}

/** A path of this console and nothing else: `//host` or `/\host` would lead elsewhere. */
function ownPath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) && !to.includes('\\') ? to : '/';
}
