import assert from 'node:assert/strict';
import { Stack } from '../../../dev/lab/org/stack';
import { OrgSnapshot } from './orgSnapshot';

/** Time between a change and the run that must show it; longer than Okta's timestamps lag. */
export const BETWEEN_RUNS_MS = 10 * 60_000;

/** A simulated org after five runs, with a snapshot after each. */
export class ChurnedOrg {
  readonly snapshots: OrgSnapshot[] = [];
  readonly ids: Record<
    'guest' | 'comer' | 'mover' | 'manager' | 'leaver' | 'project' | 'copy' | 'dropped',
    string
  >;

  private constructor(
    readonly stack: Stack,
    private readonly clock: { aheadMs: number },
  ) {
    const { org } = stack.sim;
    const idOf = (index: number) => org.users[index]?.id ?? '';
    const dropped = org.groups[5]?.id ?? '';
    this.ids = {
      guest: '',
      comer: idOf(60),
      mover: idOf(61),
      manager: idOf(3),
      leaver: idOf(62),
      project: '',
      copy: '',
      dropped,
    };
  }

  static async start(): Promise<ChurnedOrg> {
    const clock = { aheadMs: 0 };
    const stack = await Stack.start({
      users: 120,
      groups: 20,
      memberships: 700,
      seed: 11,
      now: () => Date.now() + clock.aheadMs,
    });
    const churned = new ChurnedOrg(stack, clock);
    await churned.live();
    return churned;
  }

  get now(): OrgSnapshot {
    return this.at(this.snapshots.length - 1);
  }

  at(step: number): OrgSnapshot {
    const snapshot = this.snapshots[step];
    assert.ok(snapshot, `no step ${step}`);
    return snapshot;
  }

  /** Returns the step whose run made the read at this time. */
  stepOf(iso: unknown): number | null {
    if (typeof iso !== 'string') return null;
    return this.snapshots.findIndex(({ atMs }) => atMs >= Date.parse(iso));
  }

  private async live(): Promise<void> {
    const { org } = this.stack.sim;
    const { ids } = this;
    await this.run();

    ids.guest = org.addUser({ email: 'Ada@Partner.example', department: 'Astronomy' });
    org.addUser({ department: undefined, managerId: undefined, manager: undefined });
    ids.project = org.addGroup({ name: 'Project X' });
    ids.copy = org.addGroup({ name: 'Project X (copy)' });
    const crew = org.users.slice(70, 105).flatMap((user) => (user ? [user.id] : []));
    for (const group of [ids.project, ids.copy]) {
      for (const user of [ids.comer, ids.mover, ids.leaver, ...crew]) org.addMembership(group, user);
    }
    org.addMembership(ids.project, ids.guest);
    await this.run();

    org.removeMembership(ids.project, ids.comer);
    org.renameUser(ids.mover, { department: 'Botany' });
    org.deactivateUser(ids.manager);
    org.deactivateUser(ids.leaver);
    await this.run();

    org.addMembership(ids.project, ids.comer);
    org.addMembership(ids.project, ids.manager);
    org.deleteUser(ids.leaver);
    org.deleteGroup(ids.dropped);
    org.addGroup({ name: 'Nobody yet' });
    org.addMembership(org.addGroup({ name: 'prod-root' }), ids.mover);
    await this.run();

    org.churn({
      seed: 5,
      addUsers: 3,
      renameUsers: 5,
      groupsTouched: 6,
      addMemberships: 25,
      removeMemberships: 25,
    });
    await this.run();
  }

  private async run(): Promise<void> {
    this.clock.aheadMs += BETWEEN_RUNS_MS;
    const report = await this.stack.syncApproved({ mode: 'full' });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    this.snapshots.push(OrgSnapshot.of(this.stack.sim));
    this.clock.aheadMs += 1000;
  }
}
