import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ServiceApp } from '../../../src/simulator';

/** A service app as an admin makes one: the org keeps the public key, the private one goes into the configuration. */
export interface NewApp {
  /** What the org keeps. */
  app: ServiceApp;
  /** In PEM. */
  privateKey: string;
  /** The JSON of a JWK with a `kid`. */
  privateJwk: string;
}

export const CLIENT_ID = '0oaServiceAppOfTests';

export function newApp(keys = generateKeyPairSync('rsa', { modulusLength: 2048 })): NewApp {
  const { publicKey, privateKey } = keys;
  return {
    app: { clientId: CLIENT_ID, publicKey: publicKey.export({ format: 'jwk' }) },
    privateKey: pemOf(privateKey),
    privateJwk: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'the-first-key' }),
  };
}

export function pemOf(privateKey: KeyObject): string {
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}
