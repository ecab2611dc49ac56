import type { CheckedRead } from '../../okta/check';
import { Checks } from './checks';
import { CredentialFields, RefusalText, type Refusal, type TypedCredentials } from './credentials';
import { Form, Layout } from './layout';
import { integrationPath, runPath } from './links';
import type { PageContext } from './pageContext';

const STEPS = ['In Okta', 'Domain and credentials', 'First sync'] as const;

/** The three steps of adding an org, with the current one. */
function Steps({ at }: { at: 1 | 2 | 3 }) {
  return (
    <ol class="stages" aria-label="Steps">
      {STEPS.map((name, i) => (
        <li class={i + 1 < at ? 'past' : ''} {...(i + 1 === at ? { 'aria-current': 'step' } : {})}>
          {name}
        </li>
      ))}
    </ol>
  );
}

/** The form to add an org with its domain and credentials, after what to do in Okta. */
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
      <Steps at={refusal ? 2 : 1} />
      <section>
        <h2>1. In Okta</h2>
        <p class="prose">
          Create one of the two in the Okta Admin Console. okta-graph only reads. Prefer the service app: it
          belongs to no person, and has only the scopes that you grant it.
        </p>
        <div class="cards">
          <section class="card">
            <h3>Service app (OAuth 2.0)</h3>
            <ol>
              <li>
                <b>Applications</b> › <b>Applications</b> › <b>Create App Integration</b> ›{' '}
                <b>API Services</b>. Note the client ID.
              </li>
              <li>
                <b>General</b> › <b>Client Credentials</b> › <b>Edit</b>: choose{' '}
                <b>Public key / Private key</b>, add a key, and copy the private key, which is shown once.
              </li>
              <li>
                <b>Okta API Scopes</b>: grant <code>okta.users.read</code> and <code>okta.groups.read</code>
                <ScopesOf page={page} />.
              </li>
              <li>
                <b>Admin roles</b>: assign <b>Read-only Administrator</b>.
              </li>
            </ol>
          </section>
          <section class="card">
            <h3>API token</h3>
            <ol>
              <li>
                Give a service account the role <b>Read-only Administrator</b>.
              </li>
              <li>
                Sign in as that account: <b>Security</b> › <b>API</b> › <b>Tokens</b> › <b>Create token</b>.
                Copy it, it is shown once.
              </li>
            </ol>
            <p class="muted">It stops working after 30 days without use, and when that account does.</p>
          </section>
        </div>
      </section>
      <section>
        <h2>2. Domain and credentials</h2>
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
            aria-describedby="domain-hint"
          />
          <p id="domain-hint" class="muted">
            As in the address of your users' dashboard, without “-admin”
          </p>
          <CredentialFields typed={typed} />
          <button>Check and save</button>
          <p class="muted">
            One read of each kind is tried before anything is stored. The first sync begins at once, then it
            is scheduled.
          </p>
        </Form>
      </section>
    </Layout>
  );
}

/** The scopes that the configured kinds of access need in addition. */
function ScopesOf({ page: { access } }: { page: PageContext }) {
  const scopes = [
    access.includes('apps') && 'okta.apps.read',
    access.includes('roles') && 'okta.roles.read',
  ].filter((scope) => scope !== false);
  return (
    <>
      {scopes.map((scope) => (
        <>
          , <code>{scope}</code>
        </>
      ))}
    </>
  );
}

/** The last step of adding an org: what the credentials can read, and the first run. */
export function AddedPage({
  page,
  domain,
  runId,
  reads,
}: {
  page: PageContext;
  domain: string;
  runId: string;
  reads: readonly CheckedRead[];
}) {
  const run = runPath(domain, runId);
  return (
    <Layout title={`${domain} was added`} page={page}>
      <h1>{`${domain} was added`}</h1>
      <Steps at={3} />
      <section>
        <h2>What the credentials can read</h2>
        <Checks reads={reads} />
      </section>
      <section>
        <h2>First sync</h2>
        <p id="stage" role="status" class="hidden"></p>
        <div data-events={`${run}/events`} data-then={run}>
          <p>
            <a href={run}>The first run has started.</a>
          </p>
        </div>
        <p class="row">
          <a class="button" href={integrationPath(domain)}>
            Go to the overview
          </a>
          <a href={run}>Follow the run</a>
        </p>
      </section>
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
