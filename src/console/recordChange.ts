import { recordSettingsChange } from '../graph/write/settingsChanges';
import { operated } from '../telemetry/events';
import type { Services } from './env';

/** Records a settings change in the log and in the graph. Never rejects: if the graph is unavailable, the log says so. */
export async function recordChange({ db }: Services, domain: string, what: string): Promise<void> {
  const event = 'settings_changed';
  operated.emit({ event, domain, message: what });
  await recordSettingsChange(db, domain, what).catch((error: Error) =>
    operated.emit({
      event,
      domain,
      message: `This change could not be recorded in the graph: ${error.message}`,
    }),
  );
}
