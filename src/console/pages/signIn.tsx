import { printable } from '../../text/printable';
import { Form, Layout } from './layout';
import type { PageContext } from './pageContext';
import { Faults } from './parts';

/** The sign-in form. `to` is the console path to open after the sign-in. */
export function SignInPage({ page, to, fault }: { page: PageContext; to: string; fault?: string }) {
  return (
    <Layout title="Sign in" page={page}>
      <h1>Sign in</h1>
      <Form action="/sign-in" page={page} class="fields">
        <input type="hidden" name="to" value={to} />
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          {...(fault === undefined ? {} : { 'aria-invalid': 'true', 'aria-describedby': 'fault' })}
        />
        {fault !== undefined && (
          <p id="fault" class="fault" role="alert">
            {fault}
          </p>
        )}
        <button>Sign in</button>
      </Form>
    </Layout>
  );
}

/** The page to sign in at a provider. `to` is the console path to open after the sign-in. */
export function ProviderSignInPage({
  page,
  host,
  to,
  fault,
}: {
  page: PageContext;
  host: string;
  to: string;
  fault?: string | undefined;
}) {
  return (
    <Layout title="Sign in" page={page}>
      <h1>Sign in</h1>
      {fault !== undefined && <Faults faults={[printable(fault)]} />}
      <p>
        <a class="button" href={`/sign-in/start?to=${encodeURIComponent(to)}`}>
          {`Sign in with ${host}`}
        </a>
      </p>
    </Layout>
  );
}

/**
 * Shown after someone has signed out of the console. A form cannot lead to the provider's own sign-out: the content
 * security policy keeps forms on this site.
 *
 * @param props.url ends the provider's session.
 */
export function SignedOutPage({
  page,
  host,
  url,
}: {
  page: PageContext;
  host: string;
  url: string | undefined;
}) {
  return (
    <Layout title="Signed out" page={page}>
      <h1>Signed out</h1>
      <p>You are signed out of this console.</p>
      {url !== undefined && (
        <p>
          <a class="button" href={url}>
            {`Sign out of ${host} too`}
          </a>
        </p>
      )}
      <p>
        <a href="/sign-in">Sign in again</a>
      </p>
    </Layout>
  );
}
