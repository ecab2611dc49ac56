import type { HttpBindings } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import type { Config } from '../config';
import type { GraphDatabase } from '../graph/database';
import type { CheckedRead, CheckOptions } from '../okta/check';
import type { Person } from './safety/people';
import type { ConsoleSettings } from './settings';

/** Dependencies of all pages. No state is kept between requests; everything is read from Temporal and the graph. */
export interface Services {
  config: Config;
  settings: ConsoleSettings;
  client: Client;
  db: GraphDatabase;
  /** Tries the reads that a sync needs. */
  checkOkta: CheckOrgs;
}

/** The type of `checkOkta`. */
export type CheckOrgs = (config: Config, options: CheckOptions) => Promise<CheckedRead[]>;

/** Values that the middleware adds to a request. */
export interface ConsoleEnv {
  Bindings: HttpBindings;
  Variables: {
    session: Session;
    /** The client's IPv4 address or IPv6 network. */
    network: string;
    /** Set once the request is allowed. */
    person: Person;
    /** Domains of the configured orgs; set once the request is allowed. */
    orgs: readonly string[] | undefined;
  };
}

export interface Session {
  id: string;
  /** Token in each form of this session, so that other sites cannot submit one. */
  formToken: string;
  isSignedIn: boolean;
  /** Who has signed in. */
  person?: Person;
  /** The ID token with which a provider signed them in; names its session when that is ended. */
  idToken?: string;
  /** Aborts when a signed-in session expires or is signed out. */
  ended?: AbortSignal;
}
