import { userInfo } from 'node:os';
import { recordSettingsChange } from '../graph/write/settingsChanges';
import { withGraph } from '../connections/connect';
import type { Context } from './context';

/** Records a change, for the pages that show who changed what. The change stays made if the graph cannot record it. */
export async function recordChange({ config, err }: Context, domain: string, what: string): Promise<void> {
  const by = `${osUser()}, on the command line`;
  await withGraph(config, (db) => recordSettingsChange(db, domain, { what, by })).catch((error: Error) =>
    err.write(`This change could not be recorded in the graph: ${error.message}\n`),
  );
}

/** Returns the name of the OS user, or the user id if it has no name, as in some containers. */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
