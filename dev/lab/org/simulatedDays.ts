import type { AccessKind, SyncReport } from '../../../src/contract';
import type { SimulatorOptions } from '../../../src/simulator';
import { OrgUnderTest, type AttemptOptions } from './orgUnderTest';
import { letTimePass } from './passingTime';

const HOUR = 3_600_000;
export const INTERVAL_MS = 2 * HOUR;
export const RUNS_A_DAY = 12;

/** A run, and the number of calls that it made. */
export interface CountedRun {
  report: SyncReport;
  calls: number;
}

interface Later {
  ms?: number;
  mayBePartial?: boolean;
  access?: readonly AccessKind[];
  options?: Omit<AttemptOptions, 'ports'>;
}

/** An org whose time passes in jumps, with an automatic run after each. */
export class SimulatedDays {
  private constructor(
    readonly org: OrgUnderTest,
    private readonly clock: { aheadMs: number },
    private readonly verify: 'spread' | 'daily',
  ) {}

  static async start(
    options: SimulatorOptions,
    verify: 'spread' | 'daily' = 'spread',
  ): Promise<SimulatedDays> {
    const clock = { aheadMs: 0 };
    const now = () => Date.now() + clock.aheadMs;
    return new SimulatedDays(await OrgUnderTest.start({ ...options, now }), clock, verify);
  }

  async full(): Promise<CountedRun> {
    return this.counted(await this.org.wholeRun());
  }

  /**
   * An automatic run, some time after the one before.
   *
   * @param mayBePartial true if the org changes meanwhile: Okta's counts can then contradict what the run has read.
   */
  async later({ ms = INTERVAL_MS, mayBePartial = false, access, options }: Later = {}): Promise<CountedRun> {
    await this.pass(ms);
    // A worker that has just started: one that has seen Okta's clock before does not believe that it jumps.
    const ports = { okta: this.org.oktaOfAnotherWorker };
    return this.counted(
      await this.org.wholeRun(
        {
          mode: 'auto',
          ...(access && { access }),
          ...(this.verify === 'spread' && { spread: { intervalMs: INTERVAL_MS } }),
        },
        { ports, ...options },
      ),
      mayBePartial,
    );
  }

  async pass(ms: number): Promise<void> {
    this.clock.aheadMs += ms;
    await letTimePass(this.org.db, this.org.sim.domain, ms);
  }

  /** Age of the oldest read of a group with members, hours. */
  async oldestHours(): Promise<number> {
    const [oldest] = await this.org.db.read<{ hours: number }>(
      `MATCH (g:Group {okta_domain: $domain}) WHERE (g)<-[:MEMBER_OF]-()
       RETURN max(duration.inSeconds(g.memberships_read_at, datetime()).seconds) / 3600.0 AS hours`,
      { domain: this.org.sim.domain },
    );
    return oldest?.hours ?? Infinity;
  }

  private counted(report: SyncReport, mayBePartial = false): CountedRun {
    if (report.outcome !== 'succeeded' && !(mayBePartial && report.outcome === 'partial'))
      throw new Error(`${report.outcome}: ${JSON.stringify(report.warnings)}`);
    return { report, calls: this.org.sim.stats.snapshot().calls };
  }
}
