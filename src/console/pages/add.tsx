import { CredentialFields, RefusalText, type Refusal, type TypedCredentials } from './credentials';
import { Form, Layout, type PageContext } from './layout';

/** Adds an org: where it is, and what lets us in. */
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
      <h1>Add an Okta organisation</h1>
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
          Before anything is stored, users, groups and members are read once. Then it is synced on the
          schedule.
        </p>
      </Form>
    </Layout>
  );
}

/** Without a directory for credentials there is nowhere to store them. */
export function CannotAddPage({ page }: { page: PageContext }) {
  return (
    <Layout title="Add integration" page={page}>
      <h1>Add an Okta organisation</h1>
      <p class="prose">
        This installation has no place for credentials: set <code>OKTA_CREDENTIALS_DIR</code> to a directory
        that only the console and the workers read, and restart them. Until then the org is the one of{' '}
        <code>OKTA_DOMAIN</code>.
      </p>
    </Layout>
  );
}
