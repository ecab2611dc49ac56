import { RawValue, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  CancellationScope,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { assertInput, NOTIFY_REQUEST } from '../boundary/inputs';
import { NOTIFY_WORKFLOW_TYPE, notifyId, type NotifyRequest } from '../contract';
import { withAdvice } from '../faults/fault';
import { failureOf } from '../faults/temporalFailure';
import { notify } from './activities';
import { decoded, takesRawInputs } from './decode';
import { reasonOf } from './ending';

/**
 * Delivers the notification of one run, for about a day if need be.
 *
 * @param request a {@link NotifyRequest}.
 * @throws ApplicationFailure `NOTIFY_REFUSED` or `NOTIFY_FAILED` if it gave up, or `INVALID_INPUT`.
 */
export async function notifyRun(request?: RawValue<NotifyRequest>): Promise<void> {
  const requested = decoded(request);
  assertInput(NOTIFY_REQUEST, requested, 'The input of the notification');
  try {
    await notify(requested as NotifyRequest);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const reason = reasonOf(error);
    throw failureOf({ ...reason, message: withAdvice(reason), fact: reason.message, retryable: false });
  }
}

takesRawInputs(notifyRun);

/**
 * Starts the delivery of a notification, and does not wait for it: it goes on when the run has ended, and nothing about
 * it can fail the run. Of one run, there is one.
 */
export async function announce(request: NotifyRequest): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() =>
      startChild(NOTIFY_WORKFLOW_TYPE, {
        workflowId: notifyId(request),
        args: [new RawValue(request)],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
