import neo4j, { Neo4jError, type AuthTokenManager } from 'neo4j-driver';
import type { Config } from '../config';
import type { Secret } from '../orgs/secret';

const REFUSED = 'Neo.ClientError.Security.Unauthorized';

/**
 * How a driver signs in, at each new connection. The driver's own managers of tokens do not learn of a password that is
 * refused there, so a change of it is looked for here.
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

  /** The password that connections begin with now. */
  get password(): Secret {
    return this.#password;
  }

  /**
   * Returns true if Neo4j has refused `tried` and there is another password by now, which is read again from the file that
   * it came from. With the same one again, Neo4j would soon lock the user out for a while.
   */
  hasOther(error: unknown, tried: Secret): boolean {
    if (!(error instanceof Neo4jError) || error.code !== REFUSED) return false;
    this.#password = this.config.readPassword?.() ?? this.#password;
    return this.#password.reveal() !== tried.reveal();
  }
}
