import { type Config, type Environment, loadConfig } from '../../src/config';

/** What a configuration needs at least, and services that nothing answers for until a test says where they are. */
export const ENVIRONMENT = {
  OKTA_DOMAIN: 'acme.okta.com',
  OKTA_API_TOKEN: 'a-secret-token',
  NEO4J_PASSWORD: 'a-secret-password',
  NEO4J_URI: 'bolt://127.0.0.1:1',
  TEMPORAL_ADDRESS: '127.0.0.1:1',
};

/** A configuration from nothing but what a test sets. */
export function configFor(environment: Environment): Config {
  return loadConfig({ ...ENVIRONMENT, ...environment });
}
