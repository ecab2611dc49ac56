import { ChangeableOrg } from './changeableOrg';
import { churn } from './churn';
import type { ChurnPlan, ChurnResult } from './churnPlan';
import { callsNeeded, type CallsNeeded, type Truth, truthOf } from './truth';

/** A simulated Okta org, changes to it, and what a sync of it must show. */
export class Org extends ChangeableOrg {
  /** Makes random changes. The same plan on the same org makes the same changes. */
  churn(plan: ChurnPlan): ChurnResult {
    return churn(this, plan);
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
