import assert from 'node:assert/strict';
import type { CheckOkta } from '../../src/cli/check';
import { main } from '../../src/cli/main';
import { checkOkta } from '../../src/okta/check';
import { hasUser } from '../../src/okta/hasUser';
import { organizationAt } from '../../src/okta/organizationAt';
import { startSimulator, type Simulator } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Sink } from '../../dev/lab/sink';
import { FAILURE_MODES, startBrokenService, type FailureMode } from './brokenService';
import { testVariables } from '../../dev/lab/environment';

type Service = 'Okta' | 'Temporal' | 'Neo4j';

/** Commands, and the services that each of them needs. */
const COMMANDS: readonly [args: string[], needs: readonly Service[]][] = [
  [['check'], ['Okta', 'Temporal', 'Neo4j']],
  [['status'], ['Temporal', 'Neo4j']],
  [['schedule', 'list'], ['Temporal']],
  [['schedule', 'apply'], ['Temporal']],
  [['schedule', 'pause', '--note', 'a test'], ['Temporal']],
  [['run'], ['Temporal']],
  [['report'], ['Neo4j']],
  [['changes', '--since', '7d'], ['Neo4j']],
  [['query', 'data-freshness'], ['Neo4j']],
  [['graph', '--group', 'Everyone'], ['Neo4j']],
];

const SERVICES: readonly Service[] = ['Okta', 'Temporal', 'Neo4j'];

/** Text that a user must never see. */
const STACK = /\n\s+at |node_modules|node:internal|\[object |undefined/;

describe('The command line during an outage', () => {
  let simulator: Simulator;
  let healthy: Record<string, string>;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    simulator = await startSimulator({ users: 3, groups: 2 });
    healthy = await testVariables(simulator);
  });
  after(() => simulator.close());

  interface Ended {
    args: string;
    exitCode: number;
    out: string;
    err: string;
  }

  async function run(
    args: string[],
    environment: Record<string, string>,
    check: CheckOkta = checkOkta,
  ): Promise<Ended> {
    const [out, err] = [new Sink(), new Sink()];
    const okta = { check, findOrganization: organizationAt, hasUser };
    const exitCode = await main(args, { out, err }, okta, () => environment);
    return { args: args.join(' '), exitCode, out: out.text, err: err.text };
  }

  function assertReadable({ args, out, err }: Ended, isNeeded: boolean, address: string): void {
    const text = `${out}\n${err}`;
    assert.doesNotMatch(text, STACK, `${args} printed internal details:\n${text}`);
    if (isNeeded) assert.ok(text.includes(address), `${args} does not name ${address}:\n${text}`);
  }

  const addressed = (service: Service, address: string): Record<string, string> =>
    service === 'Okta'
      ? { OKTA_DOMAIN: address }
      : service === 'Temporal'
        ? { TEMPORAL_ADDRESS: address }
        : { NEO4J_URI: `bolt://${address}` };

  interface State {
    mode: FailureMode;
    services: readonly Service[];
  }

  const STATES: readonly State[] = [
    ...FAILURE_MODES.flatMap((mode) => SERVICES.map((service) => ({ mode, services: [service] }))),
    { mode: 'never responds', services: SERVICES },
    { mode: 'refuses connections', services: ['Temporal', 'Neo4j'] },
  ];

  /** Runs every command in every state concurrently, because they mostly wait. */
  let outcomes: Promise<{ address: string; ended: Ended[] }>[];
  before(() => {
    outcomes = STATES.map(async ({ mode, services }) => {
      const broken = await startBrokenService(mode);
      const { address } = broken;
      try {
        const changes = services.map((service) => addressed(service, address));
        const environment = Object.assign({ ...healthy }, ...changes) as Record<string, string>;
        return { address, ended: await Promise.all(COMMANDS.map(([args]) => run(args, environment))) };
      } finally {
        await broken.stop();
      }
    });
    for (const outcome of outcomes) outcome.catch(() => undefined);
  });

  for (const [index, { mode, services }] of STATES.entries()) {
    it(`prints a readable error for every command when ${services.join(', ')} ${mode}`, async () => {
      const { address, ended } = (await outcomes[index]) ?? assert.fail();
      for (const [command, [, needs]] of COMMANDS.entries()) {
        const end = ended[command] ?? assert.fail();
        const isNeeded = needs.some((service) => services.includes(service));
        assertReadable(end, isNeeded, address);
        if (isNeeded) assert.equal(end.exitCode, 1, `${end.args} exits with ${end.exitCode}`);
      }
      assertShowsHealthyServices(ended, services);
    }).timeout(180_000);
  }

  /** `check` prints a line for each service, and `status` shows the data of the services that respond. */
  function assertShowsHealthyServices([check, status]: readonly Ended[], broken: readonly Service[]): void {
    for (const service of SERVICES) {
      const label = new RegExp(`^ *(OK|WARN|FAIL) +${service}`, 'm').exec(check?.out ?? '')?.[1];
      assert.equal(label === 'FAIL', broken.includes(service), `check on ${service}:\n${check?.out ?? ''}`);
    }
    const lines = ['schedule', 'in progress', 'last run', 'last success'].map(
      (name) => new RegExp(`^ *${name} +(.*)$`, 'm').exec(status?.out ?? '')?.[1] === 'unknown',
    );
    const [isTemporalDown, isGraphDown] = [broken.includes('Temporal'), broken.includes('Neo4j')];
    assert.deepEqual(lines, [isTemporalDown, isTemporalDown, isGraphDown, isGraphDown], status?.out);
  }

  it('reports in check which rate limit is exceeded, and until when', async () => {
    // The other commands of this suite have used up the window's calls.
    Object.assign(simulator.settings.limits, { users: 1 });
    simulator.settings.windowMs = 600_000;
    try {
      const impatient: CheckOkta = (config) => checkOkta(config, { timeoutMs: 3_000 });
      const { out, exitCode } = await run(['check'], healthy, impatient);
      assert.equal(exitCode, 1);
      assert.match(out, /FAIL +Okta users .*rate limit on the user list.* until \d\d:\d\d:\d\d UTC/is);
      assert.match(out, /OK +Okta groups/);
    } finally {
      simulator.settings.limits.users = 10_000;
    }
  }).timeout(90_000);
});
