import { recordSettingsChange } from '../graph/write/settingsChanges';
import type { Services } from './env';

/** Records a settings change in the graph. Never rejects: if the graph is unavailable, the change is logged instead. */
export async function recordChange({ db }: Services, domain: string, what: string): Promise<void> {
  await recordSettingsChange(db, domain, what).catch((error: Error) => {
    process.stderr.write(
      `A settings change of ${domain} could not be recorded in the graph: ${error.message}\n`,
    );
  });
}
