import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs tasks in parallel. If one fails, the others are canceled and awaited, so that nothing writes after a failure.
 */
export async function together(...tasks: readonly (() => Promise<void>)[]): Promise<void> {
  await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const running = tasks.map((task) => task());
    try {
      await Promise.all(running);
    } catch (error) {
      scope.cancel();
      await Promise.allSettled(running);
      throw error;
    }
  });
}
