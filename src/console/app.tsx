import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { createApi } from './api/api';
import { Downloads } from './downloads';
import type { ConsoleEnv, Services } from './env';
import { explained } from './explained';
import { domainsOf } from './orgs';
import { MessagePage } from './pages/layout';
import { DesignPage } from './pages/design';
import { missingIn, NotFoundPage } from './pages/notFound';
import { HiddenPage } from './pages/sources';
import { searchAll } from './read/searchAll';
import { document, pageContext } from './respond';
import { credentialRoutes } from './routes/credentials';
import { accessRoutes } from './routes/access';
import { changesRoutes } from './routes/changes';
import { auditRoutes } from './routes/audit';
import { hookRoutes } from './routes/hooks';
import { exploreRoutes } from './routes/explore';
import { integrationRoutes } from './routes/integrations';
import { questionRoutes } from './routes/questions';
import { oidcSignInRoutes } from './routes/oidcSignIn';
import { orgParameter } from './routes/orgParameter';
import { runEventRoutes } from './routes/runEvents';
import { runRoutes } from './routes/runs';
import { signInRoutes } from './routes/signIn';
import { sourcesRoutes } from './routes/sources';
import { tokenRoutes } from './routes/tokens';
import { SignInRecords } from './recordSignIn';
import { onlyAllowed } from './safety/access';
import { clientAddress, networkOf } from './safety/addresses';
import { Attempts } from './safety/attempts';
import { SYSTEM_CLOCK } from './safety/clock';
import { Devices } from './safety/devices';
import { onlyOwnForms, onlyOwnOrigins } from './safety/forms';
import { onlyHosts, type Names } from './safety/hosts';
import { passwordVerifier } from './safety/passwords';
import { onlyRoles } from './safety/roles';
import { Sessions } from './safety/sessions';

/** Methods of pages and forms. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST'];

/** Maximum size of a form; the longest field is a private key in PEM. */
const MAX_FORM_BYTES = 64 * 1024;

/** Forms that change nothing but the session, also of a read-only console. */
const SESSION_FORMS: ReadonlySet<string> = new Set(['/sign-in', '/sign-out']);

/** Number of results of each kind on a page that is not found. */
const MAX_MEANT = 5;

/** Deadline for Temporal calls within one page. */
const PAGE_DEADLINE_MS = 20_000;

/**
 * Creates the console's app: its pages and the middleware that protects them.
 *
 * @param names returns the names that the console answers to, once it listens.
 */
export function createApp(services: Services, names: () => Names): Hono<ConsoleEnv> {
  const { client, config, settings } = services;
  const { access, contact } = settings;
  const clock = settings.forTests?.clock ?? SYSTEM_CLOCK;
  const isSecure = settings.origin?.startsWith('https:') ?? false;
  const sessions = new Sessions(isSecure, clock);
  const records = new SignInRecords(services, clock);
  const app = new Hono<ConsoleEnv>();

  // What protects a browser would make Okta wait, which has a secret.
  app.route('/', hookRoutes(services));
  app.use(headers(isSecure));
  // Orchestrators ask by an address of their own.
  app.get('/healthz', (c) => c.json({ alive: true }));
  app.use(onlyHosts(names));
  staticFiles(app);
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  // Before sessions and forms: it has tokens instead.
  const api = createApi(services, clock);
  app.all('/api/*', (c) => api.fetch(c.req.raw, c.env));
  app.use(async (c, next) => {
    if (METHODS.includes(c.req.method)) return next();
    return c.text(`${c.req.method} is not possible here.\n`, 405, { Allow: METHODS.join(', ') });
  });
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES }));
  app.use(sessions.middleware());
  app.use((c, next) => {
    c.set('network', networkOf(clientAddress(c, settings.proxies)));
    return next();
  });
  app.use(onlyOwnOrigins(names));
  // Before the form's token is checked: a new one would not help.
  if (settings.isReadOnly)
    app.post('*', (c, next) => (SESSION_FORMS.has(c.req.path) ? next() : refusedChange(c, services)));
  app.use(onlyOwnForms);
  if (access.kind === 'password') {
    const verify = passwordVerifier(access.password, settings.forTests?.scryptCost);
    const devices = new Devices(isSecure, clock);
    const attempts = new Attempts(clock);
    app.route('/', signInRoutes(services, { sessions, devices, attempts, verify, records }));
  }
  if (access.kind === 'oidc')
    app.route('/', oidcSignInRoutes(services, access.oidc, { sessions, records, clock }));
  app.use(onlyAllowed(settings, records));
  app.use((_, next) => client.withDeadline(Date.now() + PAGE_DEADLINE_MS, next));
  if (!config.showOktaIntegration)
    app.use(async (c) => document(c, <HiddenPage page={pageContext(c, services)} contact={contact} />));
  app.use(async (c, next) => {
    c.set('orgs', await domainsOf(services));
    await next();
  });
  app.use('/integrations/:domain/*', orgParameter);
  app.use(onlyRoles(services));
  const downloads = new Downloads(services);
  app.route('/', sourcesRoutes(services));
  if (settings.hasDesignPage)
    app.get('/design', (c) => document(c, <DesignPage page={pageContext(c, services)} now={new Date()} />));
  if (settings.isReadOnly) app.get('/add', (c) => refusedChange(c, services));
  else app.route('/', credentialRoutes(services));
  app.route('/', auditRoutes(services, downloads));
  app.route('/', tokenRoutes(services, clock));
  app.route('/', exploreRoutes(services));
  app.route('/', accessRoutes(services));
  app.route('/', changesRoutes(services, downloads));
  app.route('/', questionRoutes(services, downloads));
  app.route('/', runRoutes(services));
  app.route('/', runEventRoutes(services, clock));
  app.route('/', integrationRoutes(services));

  app.notFound(async (c) => {
    const page = pageContext(c, services);
    const missing = missingIn(page.path, page.orgs);
    const isNamed = missing.hasOrg && missing.id !== undefined && missing.id !== '';
    // Without the indexes of the search, the page has its other links.
    const found = isNamed
      ? await searchAll(services.db, page.orgs, missing.id ?? '', MAX_MEANT).catch(() => undefined)
      : undefined;
    return document(c, <NotFoundPage {...{ page, missing, found }} />, 404);
  });
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    // The client disconnected while sending the form, so nobody can receive a response.
    if (c.req.method === 'POST' && !c.env.incoming.complete) return c.body(null, 400);
    const { title, text, status } = explained(error, services);
    return document(c, <MessagePage page={pageContext(c, services)} title={title} text={text} />, status);
  });
  return app;
}

function refusedChange(c: Context<ConsoleEnv>, services: Services) {
  const text = 'This console is read-only: it changes nothing and adds no integrations.';
  return document(c, <MessagePage page={pageContext(c, services)} title="Read-only" text={text} />, 403);
}

/** Allows only the console's own scripts, styles and images, and forbids framing and referrers to other sites. */
function headers(isSecure: boolean) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    // With `no-referrer`, a browser would send `Origin: null` with the console's own forms.
    referrerPolicy: 'same-origin',
    strictTransportSecurity: isSecure,
  });
}

const STATIC = join(__dirname, 'static');

const FILES: Readonly<Record<string, { path: string; type: string }>> = {
  'console.css': { path: join(STATIC, 'console.css'), type: 'text/css' },
  'console.js': { path: join(STATIC, 'console.js'), type: 'text/javascript' },
  'neighborhood.js': { path: join(STATIC, 'neighborhood.js'), type: 'text/javascript' },
  'icon.svg': { path: join(STATIC, 'icon.svg'), type: 'image/svg+xml' },
  'cytoscape.js': { path: require.resolve('cytoscape/dist/cytoscape.min.js'), type: 'text/javascript' },
};

function staticFiles(app: Hono<ConsoleEnv>): void {
  for (const [name, { path, type }] of Object.entries(FILES)) {
    const content = readFileSync(path);
    app.get(`/static/${name}`, (c) =>
      c.body(content, 200, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'max-age=300' }),
    );
  }
}
