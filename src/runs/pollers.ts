import type { WorkflowService } from '@temporalio/client';

/** The workers that poll a task queue now, and the version that gets its runs. */
export interface Pollers {
  /** Identities of the workers that ask for workflow tasks; such a worker asks for activities too. */
  workers: ReadonlySet<string>;
  /** Versions of those workers, as `deployment.build`; empty for workers without one. */
  versions: ReadonlySet<string>;
  /** The version that gets runs; undefined if the workers without one get them. */
  current: string | undefined;
}

type Request = Parameters<WorkflowService['describeTaskQueue']>[0];
type Response = Awaited<ReturnType<WorkflowService['describeTaskQueue']>>;

/** What a client's and a worker's connection have in common here. */
interface TemporalService {
  describeTaskQueue(request: Request): Promise<Response>;
}

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;
/** A poll lasts a minute. Temporal lists who polled in the last five minutes, also if they have stopped. */
const SECONDS_OF_A_POLL = 70;

/** @throws the service's error, for example if the namespace does not exist or may not be read. */
export async function pollersOf(
  service: TemporalService,
  { namespace, taskQueue }: { namespace: string; taskQueue: string },
): Promise<Pollers> {
  const { pollers, versioningInfo } = await service.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  const since = Date.now() / 1000 - SECONDS_OF_A_POLL;
  const recent = pollers.filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) >= since);
  return {
    workers: new Set(recent.flatMap(({ identity }) => identity ?? [])),
    versions: new Set(recent.flatMap(({ deploymentOptions }) => versionText(deploymentOptions) ?? [])),
    current: versionText(versioningInfo?.currentDeploymentVersion),
  };
}

interface Version {
  deploymentName?: string | null;
  buildId?: string | null;
}

function versionText(version: Version | null | undefined): string | undefined {
  return version?.deploymentName ? `${version.deploymentName}.${version.buildId}` : undefined;
}
