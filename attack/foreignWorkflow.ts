import { makeContinueAsNewFunc, proxyActivities } from '@temporalio/workflow';

interface ScheduledActivity {
  taskQueue: string;
  activity: string;
  args: unknown[];
}

type Activities = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** A workflow of the attacker's that schedules any activity on any task queue of the namespace. */
export async function scheduleActivity({ taskQueue, activity, args }: ScheduledActivity): Promise<unknown> {
  const activities = proxyActivities<Activities>({
    taskQueue,
    startToCloseTimeout: '2m',
    retry: { maximumAttempts: 1 },
  });
  return activities[activity]?.(...args);
}

interface ContinuedWorkflow {
  taskQueue: string;
  workflowType: string;
  args: unknown[];
}

/** A workflow of the attacker's that continues as one of another type: its run looks like one that was handed a state. */
export async function continueAsSync({ taskQueue, workflowType, args }: ContinuedWorkflow): Promise<never> {
  return makeContinueAsNewFunc<(...args: unknown[]) => Promise<unknown>>({ workflowType, taskQueue })(
    ...args,
  );
}
