import { type Context, Hono } from 'hono';
import type { ConsoleEnv, Services } from '../env';
import type { OidcSettings } from '../oidcSettings';
import { ownPath } from '../ownPath';
import { ProviderSignInPage, SignedOutPage } from '../pages/signIn';
import type { SignInRecords } from '../recordSignIn';
import { document, pageContext } from '../respond';
import type { Clock } from '../safety/clock';
import { OidcError, OidcProvider, type Identity } from '../safety/oidc';
import { ROLES } from '../safety/people';
import { whoGives } from '../safety/roles';
import type { Sessions } from '../safety/sessions';
import { SignInFlows } from '../safety/signInFlows';
import { operated } from '../../telemetry/events';

/** Dependencies of the sign-in at a provider. */
export interface OidcSignIn {
  sessions: Sessions;
  records: SignInRecords;
  clock: Clock;
}

/** Routes to sign in at an OpenID Connect provider and to sign out. */
export function oidcSignInRoutes(
  services: Services,
  settings: OidcSettings,
  { sessions, records, clock }: OidcSignIn,
): Hono<ConsoleEnv> {
  const provider = new OidcProvider(settings);
  const flows = new SignInFlows(clock);
  const { host } = settings.issuer;
  const app = new Hono<ConsoleEnv>();

  const signInPage = (c: Context<ConsoleEnv>, to: string, fault?: string, status?: 401 | 403 | 503) =>
    document(c, <ProviderSignInPage {...{ page: pageContext(c, services), host, to, fault }} />, status);

  app.get('/sign-in', (c) => signInPage(c, ownPath(c.req.query('to'))));

  app.get('/sign-in/start', async (c) => {
    const flow = flows.start(c.get('session').id, ownPath(c.req.query('to')));
    try {
      return c.redirect((await provider.authorizationUrl(flow)).href, 303);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      operated.emit({ event: 'console_error', message: `${host}: ${error.message} (${error.code})` });
      return signInPage(c, flow.to, error.message, error.status);
    }
  });

  app.get('/sign-in/callback', async (c) => {
    const session = c.get('session');
    const flow = flows.resume(session.id, c.req.query('state') ?? '');
    if (!flow) {
      // They went back to this address, or signed in in another tab meanwhile.
      if (session.isSignedIn) return c.redirect('/', 303);
      // Anybody can open this address: it is logged, but takes no place in the audit.
      const message = 'Sign-in failed: not started in this browser';
      operated.emit({ event: 'sign_in_failed', network: c.get('network'), message });
      return signInPage(
        c,
        '/',
        'This sign-in was not started in this browser, or too long ago. Sign in again.',
        401,
      );
    }
    const found = await provider.identify(new URL(c.req.url).search, flow).catch((error: unknown) => {
      if (error instanceof OidcError) return error;
      throw error;
    });
    if (found instanceof OidcError) {
      records.add(c, { event: 'sign_in_failed', what: `Sign-in failed: ${found.message} (${found.code})` });
      return signInPage(c, flow.to, found.message, found.status);
    }
    const { name, role, idToken } = found;
    if (!role) {
      records.add(c, { event: 'sign_in_refused', what: 'Sign-in refused: no role', by: name });
      return signInPage(c, flow.to, refusal(services, settings, found), 403);
    }
    sessions.signIn(c, { name, role }, idToken);
    records.add(c, { event: 'sign_in', what: `Signed in as ${role}`, by: name });
    return c.redirect(flow.to, 303);
  });

  app.post('/sign-out', async (c) => {
    const { person, idToken } = c.get('session');
    sessions.signOut(c);
    if (!person) return c.redirect('/sign-in', 303);
    records.add(c, { event: 'sign_out', what: 'Signed out', by: person.name });
    const url = idToken === undefined ? undefined : await provider.signOutUrl(idToken);
    const page = { ...pageContext(c, services), hasSignOut: false };
    return document(c, <SignedOutPage page={page} host={host} url={url} />);
  });
  return app;
}

/** Says why someone has no role, and which one to ask for: the least that anyone has here. */
function refusal(
  { settings }: Services,
  { rolesClaim, roles }: OidcSettings,
  { name, values }: Identity,
): string {
  const least = ROLES.find((role) => roles[role].length > 0) ?? 'viewer';
  const found =
    values === undefined
      ? `The provider sent no claim ${rolesClaim}.`
      : `None of the ${values} values of the claim ${rolesClaim} gives you one.`;
  return `${name} has no role in this console. ${found} To use it, you need at least the role ${least}. ${whoGives(settings, least)}`;
}
