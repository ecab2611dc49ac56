import type { CheckedRead } from '../../okta/check';
import { printable } from '../../text/printable';
import { Checks } from './checks';

/** Form values to show again. Secrets are never shown again. */
export interface TypedCredentials {
  domain?: string;
  kind?: 'token' | 'app';
  clientId?: string;
}

/** Why the credentials were not saved. */
export interface Refusal {
  faults: readonly string[];
  /** Results of the reads that were tried. */
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
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" maxlength={500} />
      </fieldset>
      <fieldset>
        <legend>
          <input type="radio" id="kind-app" name="kind" value="app" checked={kind === 'app'} />{' '}
          <label for="kind-app">Service app (OAuth 2.0)</label>
        </legend>
        <label for="clientId">Client ID</label>
        <input
          id="clientId"
          name="clientId"
          value={typed.clientId ?? ''}
          autocomplete="off"
          maxlength={200}
        />
        <label for="privateKey">Private key (PEM or JWK)</label>
        <textarea id="privateKey" name="privateKey" rows={4} autocomplete="off" spellcheck={false}></textarea>
      </fieldset>
    </>
  );
}

/** Explains why nothing was saved. */
export function RefusalText({ refusal: { faults, reads } }: { refusal: Refusal }) {
  return (
    <section class="fault" role="alert">
      <h2>Not saved</h2>
      {faults.map((fault) => (
        <p>{printable(fault)}</p>
      ))}
      {reads.length > 0 && <Checks reads={reads} />}
      <p>Enter the secret again; it is not kept after a failed check.</p>
    </section>
  );
}
