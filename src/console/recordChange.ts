import type { Context } from 'hono';
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
  const event = 'settings_changed';
  const by = c.get('person').name;
  const org = domain === undefined ? {} : { domain };
  operated.emit({ event, ...org, by, message: what });
  await recordSettingsChange(db, domain, { what, by }).catch((error: Error) =>
    operated.emit({
      event,
      ...org,
      message: `This change could not be recorded in the graph: ${error.message}`,
    }),
  );
}
