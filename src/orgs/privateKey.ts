import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isObject } from '../text/json';

/** A service app's key, ready to sign with. */
export interface SigningKey {
  key: KeyObject;
  /** One of those that Okta takes for a client assertion. */
  algorithm: string;
  /** The `kid` of a JWK: tells Okta which of several registered keys it is. */
  id?: string;
}

const EC_ALGORITHMS: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

const SMALLEST_RSA_BITS = 2048;

/**
 * Reads a private key in PEM (PKCS #8 or #1; line ends may be written as `\n`) or as a JWK, which is what the
 * Admin Console shows when it makes a key.
 *
 * @throws Error that says what is wrong with it, and nothing of the key.
 */
export function readPrivateKey(text: string): SigningKey {
  const jwk = jwkOf(text);
  const key = keyOf(text, jwk);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const algorithm = type === 'rsa' ? 'RS256' : EC_ALGORITHMS[details?.namedCurve ?? ''];
  if (algorithm === undefined) throw new Error('must be an RSA or EC key, which is what Okta takes');
  if (type === 'rsa' && (details?.modulusLength ?? 0) < SMALLEST_RSA_BITS)
    throw new Error(`must have at least ${SMALLEST_RSA_BITS} bits`);
  const id = jwk?.['kid'];
  return { key, algorithm, ...(typeof id === 'string' ? { id } : {}) };
}

function jwkOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(text: string, jwk: Record<string, unknown> | undefined): KeyObject {
  try {
    if (jwk) return createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return createPrivateKey(text.replaceAll('\\n', '\n'));
  } catch {
    // Node's own message can quote the key.
    throw new Error('is neither a private key in PEM, without a passphrase, nor a private JWK');
  }
}
