import { recordSettingsChange } from '../graph/settingsChanges';
import type { Services } from './env';

/** Tells the graph of a change of settings. The change holds without that, so a graph that is away only loses the line. */
export async function recordChange({ db }: Services, domain: string, what: string): Promise<void> {
  await recordSettingsChange(db, domain, what).catch((error: Error) => {
    process.stderr.write(`A change of settings of ${domain} is not in the graph: ${error.message}\n`);
  });
}
