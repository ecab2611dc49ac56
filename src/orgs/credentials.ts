import { Secret } from './secret';
import { readPrivateKey } from './privateKey';

/** Credentials for an org: an API token (SSWS), or an OAuth 2.0 service app and its private key. */
export type OktaCredentials =
  | { readonly kind: 'token'; readonly token: Secret }
  | { readonly kind: 'app'; readonly clientId: string; readonly privateKey: Secret };

/** Credentials as written in the environment or a file. */
export interface CredentialFields {
  token?: string | undefined;
  clientId?: string | undefined;
  /** PEM, or the JSON of a JWK. */
  privateKey?: string | undefined;
}

/**
 * Reads one org's credentials: a token, or a client ID and its key.
 *
 * @param names the names of the fields in their source, for error messages.
 * @param report called with each error; none contains a secret.
 * @returns undefined if there was an error.
 */
export function readCredentials(
  { token, clientId, privateKey }: CredentialFields,
  names: Readonly<Record<keyof CredentialFields, string>>,
  report: (fault: string) => void,
): OktaCredentials | undefined {
  if (token !== undefined && (clientId ?? privateKey) !== undefined) {
    const other = clientId === undefined ? names.privateKey : names.clientId;
    report(`${names.token} and ${other} are both set; keep either the token or the service app`);
    return undefined;
  }
  if (clientId === undefined && privateKey === undefined) return readToken(token, names, report);
  if (clientId === undefined) report(`${names.clientId} is required together with ${names.privateKey}`);
  else if (!/^[\x21-\x7e]+$/.test(clientId))
    report(`${names.clientId} contains a character that is not allowed in a client ID`);
  if (privateKey === undefined)
    report(`${names.privateKey} is required together with ${names.clientId}, PEM or JWK`);
  else if (isPrivateKey(privateKey, names.privateKey, report) && clientId !== undefined)
    return { kind: 'app', clientId, privateKey: new Secret(privateKey) };
  return undefined;
}

export function areSame(one: OktaCredentials, other: OktaCredentials): boolean {
  if (one.kind === 'token') return other.kind === 'token' && one.token.reveal() === other.token.reveal();
  return (
    other.kind === 'app' &&
    one.clientId === other.clientId &&
    one.privateKey.reveal() === other.privateKey.reveal()
  );
}

function readToken(
  text: string | undefined,
  names: Readonly<Record<keyof CredentialFields, string>>,
  report: (fault: string) => void,
): OktaCredentials | undefined {
  const token = text?.replace(/^SSWS\s+/i, '').trim();
  if (token !== undefined && /^[\x21-\x7e]+$/.test(token)) return { kind: 'token', token: new Secret(token) };
  report(
    token === undefined
      ? `${names.token} is required, an API token from Okta: Security > API > Tokens; or ${names.clientId} and ${names.privateKey} of a service app`
      : `${names.token} contains a space or a character that is not allowed in a token; copy it again`,
  );
  return undefined;
}

function isPrivateKey(text: string, name: string, report: (fault: string) => void): boolean {
  try {
    readPrivateKey(text);
    return true;
  } catch (error) {
    report(`${name} ${(error as Error).message}`);
    return false;
  }
}
