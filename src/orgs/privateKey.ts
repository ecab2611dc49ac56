import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isObject } from '../text/json';

/** A service app's private key for signing. */
export interface SigningKey {
  key: KeyObject;
  /** A signature algorithm that Okta accepts for client assertions. */
  algorithm: string;
  /** The `kid` of a JWK, which identifies one of several registered keys. */
  id?: string;
}

const EC_ALGORITHMS: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

const SMALLEST_RSA_BITS = 2048;

/**
 * Reads a private key in PEM (PKCS #8 or #1; line breaks may be written as `\n`) or as a JWK, the format that
 * the Admin Console shows when it generates a key.
 *
 * @throws Error that says what is wrong with it, without any part of the key.
 */
export function readPrivateKey(text: string): SigningKey {
  const jwk = jwkOf(text);
  const key = keyOf(text, jwk);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const algorithm = type === 'rsa' ? 'RS256' : EC_ALGORITHMS[details?.namedCurve ?? ''];
  if (algorithm === undefined) throw new Error('must be an RSA or EC key, the types that Okta accepts');
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
