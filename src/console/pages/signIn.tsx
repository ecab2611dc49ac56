import { Form, Layout } from './layout';
import type { PageContext } from './pageContext';

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
