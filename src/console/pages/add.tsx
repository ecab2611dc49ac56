import { CredentialFields, RefusalText, type Refusal, type TypedCredentials } from './credentials';
import { Form, Layout } from './layout';
import type { PageContext } from './pageContext';

/** The form to add an org with its domain and credentials. */
export function AddPage({
  page,
  typed = {},
  refusal,
}: {
  page: PageContext;
  typed?: TypedCredentials;
  refusal?: Refusal;
}) {
  return (
    <Layout title="Add integration" page={page}>
      <h1>Add an Okta organization</h1>
      {refusal && <RefusalText refusal={refusal} />}
      <Form action="/add" page={page} class="fields">
        <label for="domain">Okta domain</label>
        <input
          id="domain"
          name="domain"
          value={typed.domain ?? ''}
          placeholder="acme.okta.com"
          required
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxlength={253}
        />
        <CredentialFields typed={typed} />
        <button>Check and save</button>
        <p class="muted">
          The credentials are checked with one read of users, groups and members before anything is stored.
          Then the org is synced on schedule.
        </p>
      </Form>
    </Layout>
  );
}

/** Shown instead of the form if no directory for credentials is configured. */
export function NoCredentialsFolderPage({ page }: { page: PageContext }) {
  return (
    <Layout title="Add integration" page={page}>
      <h1>Add an Okta organization</h1>
      <p class="prose">
        This installation cannot store credentials. Set <code>OKTA_CREDENTIALS_DIR</code> to a directory that
        only the console and the workers can read, and restart them. Until then, only the org in{' '}
        <code>OKTA_DOMAIN</code> is synced.
      </p>
    </Layout>
  );
}
