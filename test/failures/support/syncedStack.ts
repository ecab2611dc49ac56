import type { Environment } from '../../../src/config';
import type { SimulatorOptions } from '../../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../../dev/lab/servers/services';
import { Stack } from '../../../dev/lab/org/stack';

/** Gives the tests of a block a stack that was synced once. What a test makes the org do wrong ends with that test. */
export function useSyncedStack(
  give: (stack: Stack) => void,
  simulator: SimulatorOptions,
  environment?: Environment,
  okta?: Parameters<typeof Stack.start>[2],
): void {
  let stack: Stack;
  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    give((stack = await Stack.start(simulator, environment, okta)));
    await stack.sync();
  });
  afterEach(() => stack.sim.faults.clear());
  after(() => stack.stop());
}
