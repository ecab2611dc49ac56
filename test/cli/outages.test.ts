import assert from 'node:assert/strict';
import type { CheckOkta } from '../../src/cli/check';
import { main } from '../../src/cli/main';
import { checkOkta } from '../../src/okta/check';
import { organizationAt } from '../../src/okta/organizationAt';
import { startSimulator, type Simulator } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Sink } from '../../dev/lab/sink';
import { ILLNESSES, startUnwell, type Illness } from './unwell';
import { testVariables } from '../../dev/lab/environment';

type Service = 'Okta' | 'Temporal' | 'Neo4j';

/** Commands, and the services that they need to do what was asked. */
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

/** What a person must not see. */
const STACK = /\n\s+at |node_modules|node:internal|\[object |undefined/;

describe('The command line beside services that are unwell', () => {
  let simulator: Simulator;
  let well: Record<string, string>;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    simulator = await startSimulator({ users: 3, groups: 2 });
    well = await testVariables(simulator);
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
    const okta = { check, findOrganization: organizationAt };
    const exitCode = await main(args, { out, err }, okta, () => environment);
    return { args: args.join(' '), exitCode, out: out.text, err: err.text };
  }

  function assertReadable({ args, out, err }: Ended, isNeeded: boolean, address: string): void {
    const text = `${out}\n${err}`;
    assert.doesNotMatch(text, STACK, `${args} printed something that is not for a person:\n${text}`);
    if (isNeeded) assert.ok(text.includes(address), `${args} does not name ${address}:\n${text}`);
  }

  const addressed = (service: Service, address: string): Record<string, string> =>
    service === 'Okta'
      ? { OKTA_DOMAIN: address }
      : service === 'Temporal'
        ? { TEMPORAL_ADDRESS: address }
        : { NEO4J_URI: `bolt://${address}` };

  interface State {
    illness: Illness;
    services: readonly Service[];
  }

  const STATES: readonly State[] = [
    ...ILLNESSES.flatMap((illness) => SERVICES.map((service) => ({ illness, services: [service] }))),
    { illness: 'is silent', services: SERVICES },
    { illness: 'refuses', services: ['Temporal', 'Neo4j'] },
  ];

  /** Every command in every state, all at once: most of the time they wait. */
  let outcomes: Promise<{ address: string; ended: Ended[] }>[];
  before(() => {
    outcomes = STATES.map(async ({ illness, services }) => {
      const unwell = await startUnwell(illness);
      const { address } = unwell;
      try {
        const changes = services.map((service) => addressed(service, address));
        const environment = Object.assign({ ...well }, ...changes) as Record<string, string>;
        return { address, ended: await Promise.all(COMMANDS.map(([args]) => run(args, environment))) };
      } finally {
        await unwell.stop();
      }
    });
    for (const outcome of outcomes) outcome.catch(() => undefined);
  });

  for (const [index, { illness, services }] of STATES.entries()) {
    it(`says in words what is wrong when ${services.join(', ')} ${illness}, whatever the command`, async () => {
      const { address, ended } = (await outcomes[index]) ?? assert.fail();
      for (const [command, [, needs]] of COMMANDS.entries()) {
        const end = ended[command] ?? assert.fail();
        const isNeeded = needs.some((service) => services.includes(service));
        assertReadable(end, isNeeded, address);
        if (isNeeded) assert.equal(end.exitCode, 1, `${end.args} exits with ${end.exitCode}`);
      }
      assertTellsOfTheOthers(ended, services);
    }).timeout(180_000);
  }

  /** `check` has a line for each service, and `status` shows what the one that answers knows. */
  function assertTellsOfTheOthers([check, status]: readonly Ended[], ill: readonly Service[]): void {
    for (const service of SERVICES) {
      const label = new RegExp(`^ *(OK|WARN|FAIL) +${service}`, 'm').exec(check?.out ?? '')?.[1];
      assert.equal(label === 'FAIL', ill.includes(service), `check on ${service}:\n${check?.out ?? ''}`);
    }
    const lines = ['schedule', 'in progress', 'last run', 'last success'].map(
      (name) => new RegExp(`^ *${name} +(.*)$`, 'm').exec(status?.out ?? '')?.[1] === 'unknown',
    );
    const [isTemporalIll, isGraphIll] = [ill.includes('Temporal'), ill.includes('Neo4j')];
    assert.deepEqual(lines, [isTemporalIll, isTemporalIll, isGraphIll, isGraphIll], status?.out);
  }

  it('check says which rate limit is used up, and until when', async () => {
    // The other commands of this suite have used up the window's calls.
    Object.assign(simulator.settings.limits, { users: 1 });
    simulator.settings.windowMs = 600_000;
    try {
      const impatient: CheckOkta = (config) => checkOkta(config, { timeoutMs: 3_000 });
      const { out, exitCode } = await run(['check'], well, impatient);
      assert.equal(exitCode, 1);
      assert.match(out, /FAIL +Okta users .*rate limit on the user list.* until \d\d:\d\d:\d\d UTC/is);
      assert.match(out, /OK +Okta groups/);
    } finally {
      simulator.settings.limits.users = 10_000;
    }
  }).timeout(90_000);
});
