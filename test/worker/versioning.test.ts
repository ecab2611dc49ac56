import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { check } from '../../src/cli/check';
import { Sink } from '../../dev/lab/sink';
import { Stack } from '../../dev/lab/org/stack';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { until } from '../../dev/lab/until';

describe('A worker with a deployment name and a build id', () => {
  const deploymentName = `okta-graph-${randomUUID()}`;
  let stack: Stack;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start(
      { users: 5, groups: 1 },
      { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: 'build-1' },
    );
  });
  after(() => stack.stop());

  it('is reported by check as one that gets no runs until its version is current', async () => {
    const out = new Sink();
    const printed = async () => {
      out.text = '';
      await check({ config: stack.config, out, err: new Sink() }, async () => []);
      return out.text;
    };
    await until(async () => (await printed()).includes('polled by 1 worker'));
    assert.match(
      await printed(),
      new RegExp(
        `polled by 1 worker, none of the current version \\(none is current\\), so runs wait\n.*set-current-version --deployment-name ${deploymentName} --build-id build-1`,
      ),
    );
  });

  it('is a version of that deployment, and gets its runs once that version is the current one', async () => {
    const { workflowService } = stack.client.connection;
    const { namespace } = stack.config.temporal;
    const setCurrent = () =>
      workflowService
        .setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId: 'build-1' })
        .then(
          () => true,
          () => false,
        );
    // The server learns of the version when the worker first polls.
    await until(setCurrent);
    const handle = await stack.begin({ mode: 'full' });
    await handle.result();
    const { raw } = await handle.describe();
    const { behavior, deploymentVersion } = raw.workflowExecutionInfo?.versioningInfo ?? {};
    const AUTO_UPGRADE = 2;
    assert.deepEqual(
      [behavior, deploymentVersion?.deploymentName, deploymentVersion?.buildId],
      [AUTO_UPGRADE, deploymentName, 'build-1'],
    );
  });
});
