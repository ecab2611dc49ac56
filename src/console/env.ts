import type { HttpBindings } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import type { Config } from '../config';
import type { GraphDatabase } from '../graph/database';
import type { CheckedRead, CheckOptions } from '../okta/check';
import type { Session } from './safety/sessions';
import type { ConsoleSettings } from './settings';

/** What every page works with. Nothing is kept between requests: all is read from Temporal and the graph. */
export interface Services {
  config: Config;
  settings: ConsoleSettings;
  client: Client;
  db: GraphDatabase;
  /** The reads that a sync needs, tried live. */
  checkOkta: CheckOrgs;
}

/** As `checkOkta` does. */
export type CheckOrgs = (config: Config, options: CheckOptions) => Promise<CheckedRead[]>;

/** What a request carries from the middleware to its page. */
export interface ConsoleEnv {
  Bindings: HttpBindings;
  Variables: { session: Session };
}
