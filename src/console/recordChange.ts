import type { Context } from 'hono';
import { recordConsoleEvent } from '../graph/write/consoleEvents';
import { recordSettingsChange } from '../graph/write/settingsChanges';
import { operated } from '../telemetry/events';
import type { ConsoleEnv, Services } from './env';

/** Records a settings change in the log and in the graph, with who made it. Never rejects: if the graph is unavailable, the log says so. */
export async function recordChange(
  { db }: Services,
  c: Context<ConsoleEnv>,
  domain: string | undefined,
  what: string,
): Promise<void> {
  const network = c.get('network');
  await record(c, 'settings_changed', { domain, what }, ({ by }) =>
    recordSettingsChange(db, domain, { what, by, network }),
  );
}

/** Records that someone has started a run, as {@link recordChange} does. */
export async function recordRun(
  { db }: Services,
  c: Context<ConsoleEnv>,
  domain: string,
  what: string,
): Promise<void> {
  const network = c.get('network');
  await record(c, 'run_requested', { domain, what }, ({ by }) =>
    recordConsoleEvent(db, { what, by, network, domain }),
  );
}

async function record(
  c: Context<ConsoleEnv>,
  event: 'settings_changed' | 'run_requested',
  { domain, what }: { domain: string | undefined; what: string },
  store: (who: { by: string }) => Promise<void>,
): Promise<void> {
  const by = c.get('person').name;
  const org = domain === undefined ? {} : { domain };
  operated.emit({ event, ...org, by, message: what });
  await store({ by }).catch((error: Error) =>
    operated.emit({
      event,
      ...org,
      message: `This change could not be recorded in the graph: ${error.message}`,
    }),
  );
}
