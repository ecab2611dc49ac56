import { Hono } from 'hono';
import { formatDuration } from '../../text/times';
import { closeOf } from '../connection';
import type { ConsoleEnv, Services } from '../env';
import { SignInPage } from '../pages/signIn';
import { document, pageContext } from '../respond';
import { ownPath } from '../ownPath';
import type { SignInRecords } from '../recordSignIn';
import { THE_CONSOLE } from '../safety/people';
import { MAX_PAUSE_MS, MAX_WAIT_MS, type Attempts } from '../safety/attempts';
import type { Devices } from '../safety/devices';
import type { VerifyPassword } from '../safety/passwords';
import type { Sessions } from '../safety/sessions';

/** Dependencies of the sign-in. */
export interface SignIn {
  sessions: Sessions;
  devices: Devices;
  attempts: Attempts;
  verify: VerifyPassword;
  records: SignInRecords;
}

const FAILURES = { wrong: 'wrong password', busy: 'too many attempts, not checked' };

/** Routes to sign in with a password and to sign out. */
export function signInRoutes(
  services: Services,
  { sessions, devices, attempts, verify, records }: SignIn,
): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();

  app.get('/sign-in', (c) =>
    document(c, <SignInPage page={pageContext(c, services)} to={ownPath(c.req.query('to'))} />),
  );

  app.post('/sign-in', async (c) => {
    const { password, to } = await c.req.parseBody();
    const failed = (fault: string, status: 401 | 429) =>
      document(c, <SignInPage page={pageContext(c, services)} to={ownPath(to)} fault={fault} />, status);
    const client = { device: devices.idOf(c), network: c.get('network') };
    const isRight = () => verify(typeof password === 'string' ? password : '');
    const outcome = await attempts.check(client, { verify: isRight, disconnected: closeOf(c) });
    if (outcome === 'right') records.add(c, { event: 'sign_in', what: 'Signed in', by: THE_CONSOLE.name });
    else records.add(c, { event: 'sign_in_failed', what: `Sign-in failed: ${FAILURES[outcome]}` });
    switch (outcome) {
      case 'right':
        sessions.signIn(c, THE_CONSOLE);
        devices.remember(c);
        return c.redirect(ownPath(to), 303);
      case 'wrong': {
        const next = attempts.isSlow(client)
          ? ` After several wrong passwords, the next attempt may take up to ${formatDuration(MAX_WAIT_MS)}.`
          : '';
        return failed(`Wrong password.${next}`, 401);
      }
      case 'busy':
        c.header('Retry-After', String(MAX_PAUSE_MS / 1_000));
        return failed(
          `Too many sign-in attempts at the same time, so this password was not checked. Try again in ${formatDuration(MAX_PAUSE_MS)}.`,
          429,
        );
    }
  });

  app.post('/sign-out', (c) => {
    const { person } = c.get('session');
    if (person) records.add(c, { event: 'sign_out', what: 'Signed out', by: person.name });
    sessions.signOut(c);
    return c.redirect('/sign-in', 303);
  });
  return app;
}
