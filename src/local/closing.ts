import { relative } from 'node:path';
import { renderFields } from '../text/table';
import type { Config } from '../config';
import type { RunningParts } from './parts';
import { WORKER_LOG } from './workerLog';

/** Returns the addresses and logins of local services, and the addresses of remote ones. */
export function addresses(
  { temporalUi, neo4j, neo4jBrowser }: RunningParts,
  config: Config,
  consoleUrl: string | undefined,
): string {
  const login = neo4j && `user ${neo4j.username}, password ${neo4j.password}`;
  return renderFields([
    ...(consoleUrl ? [['Console', consoleUrl] as [string, string]] : []),
    [
      'Temporal UI',
      temporalUi
        ? `${temporalUi}  (no login)`
        : `not started here; Temporal is at ${config.temporal.address}`,
    ],
    ['Neo4j Browser', neo4jBrowser ?? `not started here; Neo4j is at ${config.neo4j.uri}`],
    ...(login ? [['', `connect to ${config.neo4j.uri}, ${login}`] as [string, string]] : []),
    ['Worker log', relative('', WORKER_LOG)],
  ]);
}

/** How to use the command line while this process runs. */
export const ANOTHER_TERMINAL = 'In another terminal, in this directory: okta-graph status';
