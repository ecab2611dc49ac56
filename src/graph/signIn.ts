import neo4j, { Neo4jError, type AuthTokenManager } from 'neo4j-driver';
import type { Config } from '../config';
import type { Secret } from '../orgs/secret';

const REFUSED = 'Neo.ClientError.Security.Unauthorized';

/**
 * Provides a driver's credentials for each new connection. The driver's own token managers do not learn that a password
 * was rejected there, so a changed password is detected here.
 */
export class SignIn {
  readonly tokens: AuthTokenManager;
  #password: Secret;

  constructor(private readonly config: Config['neo4j']) {
    this.#password = config.password;
    this.tokens = {
      getToken: () => neo4j.auth.basic(config.username, this.#password.reveal()),
      handleSecurityException: () => false,
    };
  }

  /** The password for new connections. */
  get password(): Secret {
    return this.#password;
  }

  /**
   * Returns true if Neo4j has rejected `tried` and its file now holds a different password. Retrying with the same
   * password would get the user locked out temporarily.
   */
  hasOther(error: unknown, tried: Secret): boolean {
    if (!(error instanceof Neo4jError) || error.code !== REFUSED) return false;
    this.#password = this.config.readPassword?.() ?? this.#password;
    return this.#password.reveal() !== tried.reveal();
  }
}
