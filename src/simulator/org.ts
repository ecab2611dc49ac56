import { ChangeableOrg } from './changeableOrg';
import { churn } from './churn';
import type { ChurnPlan, ChurnResult } from './churnPlan';
import { flood, type Flood } from './log/flood';
import { appTarget } from './log/targets';
import { callsNeeded, type CallsNeeded, type Truth, truthOf } from './truth';

/** A simulated Okta org, changes to it, and what a sync of it must show. */
export class Org extends ChangeableOrg {
  /** Makes random changes. The same plan on the same org makes the same changes. */
  churn(plan: ChurnPlan): ChurnResult {
    return churn(this, plan);
  }

  /** Makes the changes of a plan as the import of a directory does: with one event for all of them. */
  import(plan: ChurnPlan): ChurnResult {
    const result = this.log.silently(() => this.churn(plan));
    const [directory] = this.access.apps.all;
    this.log.record({
      type: 'system.import.complete',
      targets: directory ? [appTarget(directory)] : [],
      debugData: { ...result },
      actor: 'system',
    });
    return result;
  }

  /** Records events that nothing has happened for. @throws ZodError for an invalid field. */
  flood(wanted: Flood): void {
    flood(this, wanted);
  }

  /** Returns the org's current content, which a complete sync must match. */
  truth(): Truth {
    return truthOf(this);
  }

  /** Returns the number of calls for a full read with the recommended page sizes. */
  callsNeeded(): CallsNeeded {
    return callsNeeded(this);
  }
}
