import type { CheckedRead } from '../../okta/check';
import { printable } from '../../printable';

/** What was typed and may be shown again; a secret never is. */
export interface TypedCredentials {
  domain?: string;
  kind?: 'token' | 'app';
  clientId?: string;
}

/** What keeps the credentials from being saved. */
export interface Refusal {
  faults: readonly string[];
  /** What was tried at Okta. */
  reads: readonly CheckedRead[];
}

/** The fields for an API token or a service app. */
export function CredentialFields({ typed }: { typed: TypedCredentials }) {
  const kind = typed.kind ?? 'token';
  return (
    <>
      <fieldset>
        <legend>
          <input type="radio" id="kind-token" name="kind" value="token" checked={kind === 'token'} />{' '}
          <label for="kind-token">API token</label>
        </legend>
        <p class="muted">
          In Okta under Security, API, Tokens; made by an admin with the role Read-only Administrator.
        </p>
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" maxlength={500} />
      </fieldset>
      <fieldset>
        <legend>
          <input type="radio" id="kind-app" name="kind" value="app" checked={kind === 'app'} />{' '}
          <label for="kind-app">Service app (OAuth 2.0)</label>
        </legend>
        <p class="muted">
          With the scopes okta.users.read and okta.groups.read, and the admin role Read-only Administrator.
        </p>
        <label for="clientId">Client id</label>
        <input
          id="clientId"
          name="clientId"
          value={typed.clientId ?? ''}
          autocomplete="off"
          maxlength={200}
        />
        <label for="privateKey">Private key, PEM or JWK</label>
        <textarea id="privateKey" name="privateKey" rows={4} autocomplete="off" spellcheck={false}></textarea>
      </fieldset>
    </>
  );
}

/** What is wrong, in sentences; nothing has been saved. */
export function RefusalText({ refusal: { faults, reads } }: { refusal: Refusal }) {
  return (
    <section class="fault" role="alert">
      <h2>Not saved</h2>
      {faults.map((fault) => (
        <p>{printable(fault)}</p>
      ))}
      {reads.length > 0 && (
        <ul>
          {reads.map(({ what, ok, detail, mend }) => (
            <li>
              <strong>{ok ? 'Works' : 'Does not work'}</strong>: {what}: {printable(detail)}
              {mend !== undefined && ` ${printable(mend)}`}
            </li>
          ))}
        </ul>
      )}
      <p>The secret is not kept between tries; give it again.</p>
    </section>
  );
}
