import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** A workflow interceptor: activities must answer within 500 ms, and are tried twice. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [],
  outbound: [
    {
      scheduleActivity(input, next) {
        const retry = { maximumAttempts: 2, initialInterval: '1ms' } as const;
        return next({ ...input, options: { ...input.options, heartbeatTimeout: '500ms', retry } });
      },
    },
  ],
});
