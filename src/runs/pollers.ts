import type { WorkflowService } from '@temporalio/client';

/** The workers that poll a task queue now, and the version that gets its runs. */
export interface Pollers {
  /** Identities of the workers that ask for workflow tasks; such a worker asks for activities too. */
  workers: ReadonlySet<string>;
  /** The version of one of those workers; undefined if none has one. */
  version: Version | undefined;
  /** The version that gets runs; undefined if workers without one get them. */
  current: Version | undefined;
  /** True if one of those workers gets runs. */
  getsRuns: boolean;
}

/** A version of a worker deployment. */
export interface Version {
  deploymentName: string;
  buildId: string;
}

type Request = Parameters<WorkflowService['describeTaskQueue']>[0];
type Response = Awaited<ReturnType<WorkflowService['describeTaskQueue']>>;

/** What a client's and a worker's connection have in common here. */
interface TemporalService {
  describeTaskQueue(request: Request): Promise<Response>;
}

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;
/** A poll lasts a minute. */
export const SECONDS_OF_A_POLL = 70;

/**
 * @param withinSeconds how recent a poll is, by Temporal's clock and this one's together. Temporal lists those of the last
 * five minutes, even of workers that have stopped.
 * @throws the service's error, for example if the namespace does not exist or may not be read.
 */
export async function pollersOf(
  service: TemporalService,
  {
    namespace,
    taskQueue,
    withinSeconds = Infinity,
  }: { namespace: string; taskQueue: string; withinSeconds?: number },
): Promise<Pollers> {
  const { pollers, versioningInfo } = await service.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  const since = Date.now() / 1000 - withinSeconds;
  const recent = pollers.filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) >= since);
  const versions = recent.map(({ deploymentOptions }) => versionOf(deploymentOptions));
  const current = versionOf(versioningInfo?.currentDeploymentVersion);
  return {
    workers: new Set(recent.flatMap(({ identity }) => identity ?? [])),
    version: versions.find((version) => version !== undefined),
    current,
    getsRuns: versions.some(
      (version) =>
        version?.deploymentName === current?.deploymentName && version?.buildId === current?.buildId,
    ),
  };
}

function versionOf(
  given: { deploymentName?: string | null; buildId?: string | null } | null | undefined,
): Version | undefined {
  return given?.deploymentName
    ? { deploymentName: given.deploymentName, buildId: given.buildId ?? '' }
    : undefined;
}
