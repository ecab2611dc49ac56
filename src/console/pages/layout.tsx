import type { Child } from 'hono/jsx';
import { TOKEN_FIELD } from '../safety/forms';
import type { PageContext } from './pageContext';
import { Navigation, SimulatedBadge } from './navigation';
import { nameOf } from './parts';

/** Messages after a form was submitted. The URL contains only the key, never the text. */
const NOTES: Readonly<Record<string, string>> = {
  started: 'The run has started.',
  attached: 'A run was already in progress and is shown here. Your options do not apply to it.',
  'not-approved': 'Nothing was approved. The page says what is withheld now, and whether it can be approved.',
  stopping: 'The run is asked to stop. It writes its report within seconds; the next run continues.',
  paused: 'The schedule is paused. A run in progress continues.',
  resumed: 'The schedule is resumed.',
  scheduled: 'The schedule matches the configuration.',
  saved: 'Saved. The credentials were checked and stored. They are not shown again.',
  'saved-warned':
    'Saved. The credentials cannot read everything in SYNC_ACCESS; a sync continues without it. okta-graph check shows what to grant.',
  revoked: 'The token was revoked. Requests with it are refused from now on.',
  removed: 'The integration was removed. Its data in the graph was kept.',
  'removed-graph': 'The integration and its users, groups and reports in the graph were removed.',
};

interface LayoutProps {
  title: string;
  page: PageContext;
  /** Additional scripts of this page. */
  scripts?: readonly string[];
  /** The text in the search, on the page of its results. */
  query?: string;
  /** Interval at which the page reloads if scripts are disabled. */
  refreshSeconds?: number;
  children?: Child;
}

/** The layout of every page. */
export function Layout({ title, page, scripts = [], query, refreshSeconds, children }: LayoutProps) {
  const note = Object.hasOwn(NOTES, page.note ?? '') ? NOTES[page.note ?? ''] : undefined;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · okta-graph`}</title>
        <link rel="stylesheet" href="/static/console.css" />
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml" />
        {refreshSeconds !== undefined && (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
        {['/static/console.js', ...scripts].map((src) => (
          <script src={src} defer />
        ))}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <div class="shell">
          <Navigation page={page} />
          <section class="bar" aria-label="Search and session">
            <SearchForm page={page} query={query} />
            {page.domain !== undefined && <SimulatedBadge domain={page.domain} />}
            {page.isReadOnly && <span class="badge still">Read-only</span>}
            {page.signedInAs !== undefined && (
              <span class="muted">{`${nameOf(page.signedInAs, '')} · ${page.role}`}</span>
            )}
            {page.hasSignOut && (
              <Form action="/sign-out" page={page}>
                <button class="quiet">Sign out</button>
              </Form>
            )}
          </section>
          <main id="main" tabindex={-1}>
            {note !== undefined && (
              <p class="toast" role="status">
                {note}
              </p>
            )}
            {children}
          </main>
        </div>
      </body>
    </html>
  );
}

/** The search of every page. A script shows results while the user types, below it or on the page of results. */
function SearchForm({ page, query }: { page: PageContext; query: string | undefined }) {
  if (page.orgs.length === 0) return null;
  const own = query === undefined ? 'found' : 'results';
  return (
    <form action="/explore" role="search" data-results={own}>
      <label class="hidden" for="q">
        Search people, groups and apps
      </label>
      <input
        id="q"
        name="q"
        type="search"
        value={query ?? ''}
        placeholder="Search people, groups, apps, roles and rules"
        autocomplete="off"
        maxlength={200}
      />
      {query === undefined && <div id="found" class="found" aria-live="polite"></div>}
    </form>
  );
}

/** A form with the session's token. */
export function Form({
  action,
  page,
  children,
  ...rest
}: {
  action: string;
  page: Pick<PageContext, 'session'>;
  class?: string;
  children?: Child;
}) {
  return (
    <form method="post" action={action} {...rest}>
      <input type="hidden" name={TOKEN_FIELD} value={page.session.formToken} />
      {children}
    </form>
  );
}

/** A page with a single message, such as an error. */
export function MessagePage({ title, text, page }: { title: string; text: string; page: PageContext }) {
  return (
    <Layout title={title} page={page}>
      <h1>{title}</h1>
      <p class="prose">{text}</p>
    </Layout>
  );
}
