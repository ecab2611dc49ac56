import type { Child } from 'hono/jsx';
import { TOKEN_FIELD } from '../safety/forms';
import type { Session } from '../safety/sessions';

/** What every page is told of the request. */
export interface PageContext {
  session: Session;
  /** Which entry of the navigation it belongs to. */
  section?: 'sources' | 'explore' | 'questions' | 'add';
  /** Whether there is a sign-out. */
  hasSignOut: boolean;
  /** One of {@link NOTES}, after a form was sent. */
  note?: string | undefined;
}

/** What a page says after a form was sent; the URL carries the key, never the text. */
const NOTES: Readonly<Record<string, string>> = {
  started: 'The sync has started.',
  attached: 'A sync was under way already; this is that one. What you asked for does not change it.',
  paused: 'The schedule is paused. A run that is under way goes on.',
  resumed: 'The schedule is active again.',
  scheduled: 'The schedule is as the configuration says.',
  saved: 'Saved. The credentials were checked and are stored; they are not shown again.',
  removed: 'The integration is removed. The graph is kept.',
  'removed-graph': 'The integration is removed, and its users, groups and reports from the graph.',
};

interface LayoutProps {
  title: string;
  page: PageContext;
  /** Scripts of this page beside the one of all. */
  scripts?: readonly string[];
  /** Without scripts the page loads itself again after so many seconds. */
  refreshSeconds?: number;
  children?: Child;
}

/** The frame of every page. */
export function Layout({ title, page, scripts = [], refreshSeconds, children }: LayoutProps) {
  const note = page.note === undefined ? undefined : NOTES[page.note];
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
          Skip to the content
        </a>
        <header>
          <a class="brand" href="/">
            okta-graph
          </a>
          <nav aria-label="Main">
            <NavLink href="/" name="Sources" isHere={page.section === 'sources'} />
            <NavLink href="/explore" name="Explore" isHere={page.section === 'explore'} />
            <NavLink href="/questions" name="Questions" isHere={page.section === 'questions'} />
            <NavLink href="/add" name="Add integration" isHere={page.section === 'add'} />
          </nav>
          {page.hasSignOut && (
            <Form action="/sign-out" page={page}>
              <button class="quiet">Sign out</button>
            </Form>
          )}
        </header>
        <main id="main" tabindex={-1}>
          {note !== undefined && (
            <p class="note" role="status">
              {note}
            </p>
          )}
          {children}
        </main>
      </body>
    </html>
  );
}

function NavLink({ href, name, isHere }: { href: string; name: string; isHere: boolean }) {
  return (
    <a href={href} {...(isHere ? { 'aria-current': 'page' } : {})}>
      {name}
    </a>
  );
}

/** A form that is sent with the token of its session. */
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

/** A page that says one thing, such as what went wrong. */
export function MessagePage({ title, text, page }: { title: string; text: string; page: PageContext }) {
  return (
    <Layout title={title} page={page}>
      <h1>{title}</h1>
      <p class="prose">{text}</p>
    </Layout>
  );
}
