import { withTemporal } from '../connections/connect';
import { cancelRun } from '../runs/cancelRun';
import { findRunningSync } from '../runs/inProgress';
import type { Context } from './context';
import { EXIT } from './exitCodes';
import { recordChange } from './recordChange';
import { selectDomain } from './selectOrg';

/** `cancel`: asks the run in progress to end. It writes its report, and the next run continues where it stopped. */
export async function cancel(context: Context, options: { domain?: string }): Promise<number> {
  const { config, out } = context;
  const domain = selectDomain(config, options.domain);
  return withTemporal(config, async (client) => {
    const running = await findRunningSync(client, domain);
    if (!running) {
      out.write(`No run of ${domain} is in progress.\n`);
      return EXIT.succeeded;
    }
    await cancelRun(client, running);
    await recordChange(context, domain, 'The run in progress was canceled');
    out.write(`${running.workflowId} is asked to end; it ends within seconds. See: okta-graph status\n`);
    return EXIT.succeeded;
  });
}
