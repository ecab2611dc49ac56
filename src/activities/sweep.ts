import type { NodeLabel } from '../contract';
import { CODES } from '../codes';
import { MAX_EDGES } from '../graph/write/memberships';
import { groupRow, userRow, type NodeRow } from '../graph/write/nodes';
import { removeConfirmed } from '../graph/write/removals';
import { isTouchedRun, listsAllGroups, type Run, type RunWriter } from '../graph/write/run';
import { pruneHistory } from '../graph/write/retention';
import { drawReportingLines } from '../graph/write/reportingLines';
import {
  candidatesAfter,
  deniedOnce,
  doubtsOf,
  msUntilRipe,
  settleCandidates,
  sweepCandidates,
  withhold,
  type Candidate,
  type CheckResults,
  type Withholding,
} from '../graph/write/sweep';
import { OktaError } from '../okta/errors';
import type { OktaOrg } from '../okta/org';
import { SWEEP_CURSOR } from '../boundary/inputs';
import { Attempt } from './context';
import { proofGapMs, type Ports } from './ports';
import { readOwn } from './readItem';
import { contradictionOf, deniedBuiltIn, type CountCheck } from './scope';
import { recordingUsage } from './usage';

/**
 * The steps of the sweep, each for users and then for groups: it asks Okta for every candidate; some time later it asks
 * again for those that Okta reports as not found; and it removes those that Okta has not found twice.
 */
const STEPS = ['ask', 'confirm', 'remove'] as const;
const LABELS = ['User', 'Group'] as const;

/** Position of the sweep: after a node of a label, in a step. */
export interface SweepCursor {
  label: NodeLabel;
  after: string;
  /** Absent if version 0.2.0 began the sweep, which had one step. */
  step?: (typeof STEPS)[number] | 'finish';
}

/** Number of candidates requested before the results are written. */
const CANDIDATES = 50;

/**
 * Removes nodes that are no longer listed, each only after Okta has reported it as not found twice. Then updates the reporting lines
 * of the remaining users, and deletes expired history. Returns the position to continue from; undefined when done.
 */
export async function sweep(ports: Ports, run: Run, from?: SweepCursor): Promise<SweepCursor | undefined> {
  const attempt = new Attempt<SweepCursor>(ports.chunkMs, SWEEP_CURSOR);
  const { graph, sync } = ports;
  const writer: RunWriter = { db: graph, run, usage: attempt.usage };
  const sweeping = new Sweeping(ports, writer, attempt);
  let cursor: SweepCursor = attempt.lastDetails ?? from ?? { label: 'User', after: '', step: 'ask' };
  // A touched run reads single objects: what it has not read is not missing in Okta.
  if (isTouchedRun(run)) cursor = { ...cursor, step: 'finish' };
  return recordingUsage(writer, async () => {
    for (;;) {
      attempt.signal.throwIfAborted();
      if (cursor.step === 'finish') {
        await attempt.during(drawReportingLines(writer, sweeping.beat));
        if (isTouchedRun(run)) return undefined;
        await attempt.during(pruneHistory(writer, sync.historyRetentionMs, sweeping.beat));
        return undefined;
      }
      const after = await attempt.during(sweeping.portion(cursor));
      cursor = after === undefined ? next(cursor) : { ...cursor, after };
      attempt.reached(cursor);
      if (attempt.isOver()) return cursor;
    }
  });
}

/** Returns the start of the next label or step. */
function next({ label, step = 'ask' }: SweepCursor): SweepCursor {
  const following = LABELS[LABELS.indexOf(label) + 1];
  if (following) return { label: following, after: '', step };
  const nextStep = STEPS[STEPS.findIndex((each) => each === step) + 1];
  return { label: 'User', after: '', step: nextStep ?? 'finish' };
}

/** One attempt of the sweep. Each method handles a portion and returns its last id; undefined if there are no more. */
class Sweeping {
  private readonly run: Run;
  private readonly org: OktaOrg;
  private readonly gapMs: number;
  private readonly room = { max: MAX_EDGES };

  constructor(
    private readonly ports: Ports,
    private readonly writer: RunWriter,
    private readonly attempt: Attempt<SweepCursor>,
  ) {
    this.run = writer.run;
    this.org = ports.okta.org(writer.run.domain);
    this.gapMs = proofGapMs(ports);
  }

  portion(cursor: SweepCursor): Promise<string | undefined> {
    // A few groups at a time would pass the breaker, though all of them together do not: they are left to a run that
    // lists all groups, which is the next one.
    if (cursor.label === 'Group' && !listsAllGroups(this.run)) return Promise.resolve(undefined);
    switch (cursor.step) {
      case 'confirm':
        return this.confirm(cursor);
      case 'remove':
        return this.remove(cursor);
      default:
        return this.ask(cursor);
    }
  }

  /** Requests candidates until Okta has not found more than the breaker allows: the rest need not be requested then. */
  private async ask({ label, after }: SweepCursor): Promise<string | undefined> {
    const { graph, sync } = this.ports;
    const { run, gapMs } = this;
    const candidates = await sweepCandidates(graph, run, label, { after, atMost: CANDIDATES, gapMs });
    const last = candidates.at(-1)?.id;
    if (last === undefined) return undefined;
    const results = await this.check(label, candidates);
    // A few show if Okta denies what it has denied to earlier runs: it need not be asked for thousands again.
    const isOver =
      (await settleCandidates(this.writer, label, results, sync)) ||
      (after === '' && (await graph.write((tx) => doubtsOf(tx, run, label, sync))).isOver);
    if (!isOver) return candidates.length < CANDIDATES ? undefined : last;
    const unasked = await candidatesAfter(graph, run, label, last);
    await withhold(this.writer, label, {
      unasked,
      ...(await this.contradiction(label, 'denied')),
    });
    return undefined;
  }

  /**
   * Returns the reason to withhold all removals of a label: users that Okta does not find but still counts; groups if
   * Okta does not find one that cannot be deleted.
   */
  private async contradiction(label: NodeLabel, which: CountCheck['which']): Promise<Withholding> {
    const { run, attempt, org } = this;
    const { graph } = this.ports;
    const contradiction =
      label === 'Group'
        ? await deniedBuiltIn(graph, run)
        : await contradictionOf({ graph, run, attempt, org, which });
    return contradiction ? { contradiction } : {};
  }

  /**
   * Requests the nodes that were not found again, after the minimum time in between; then compares the confirmed ones to
   * Okta's counts.
   */
  private async confirm({ label, after }: SweepCursor): Promise<string | undefined> {
    const { graph, sync } = this.ports;
    const { run, gapMs } = this;
    await this.attempt.pause(await msUntilRipe(graph, run, gapMs));
    const candidates = await deniedOnce(graph, run, label, { after, atMost: CANDIDATES, gapMs });
    const last = candidates.at(-1)?.id;
    if (last === undefined) {
      const withholding = await this.contradiction(label, 'denied twice');
      if (withholding.contradiction) await withhold(this.writer, label, withholding);
      return undefined;
    }
    const ripe = candidates.filter(({ isRipe }) => isRipe);
    const shownSince = candidates.filter(({ isRipe }) => !isRipe).map(({ id }) => id);
    const results = await this.check(label, ripe);
    const unconfirmed = [...results.unconfirmed, ...shownSince];
    await settleCandidates(this.writer, label, { ...results, unconfirmed }, sync);
    return last;
  }

  /** Called between transactions: a canceled attempt stops removing. */
  readonly beat = (): void => {
    this.attempt.signal.throwIfAborted();
    this.attempt.beat();
  };

  private remove({ label, after }: SweepCursor): Promise<string | undefined> {
    const { writer, beat, room } = this;
    return removeConfirmed({ ...writer, label, breaker: this.ports.sync, beat, room }, after);
  }

  private async check(label: NodeLabel, candidates: readonly Candidate[]): Promise<CheckResults> {
    const { org, attempt } = this;
    const denied: Candidate[] = [];
    const alive: NodeRow[] = [];
    const unconfirmed: string[] = [];
    const refused: string[] = [];
    await Promise.all(
      candidates.map(async (candidate) => {
        const { id } = candidate;
        try {
          const found = label === 'User' ? await org.user(id, attempt) : await org.group(id, attempt);
          if (found === undefined) return denied.push(candidate);
          const read = readOwn(label, id, found, this.ports.sync.data);
          if (!read) return unconfirmed.push(id);
          return alive.push('email' in read ? userRow(read) : groupRow(read));
        } catch (error) {
          attempt.signal.throwIfAborted();
          if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
          if (error.code === 'OKTA_FORBIDDEN') refused.push(id);
          return unconfirmed.push(id);
        }
      }),
    );
    return { denied, alive, unconfirmed, refused, asOfMs: attempt.oktaNowMs };
  }
}
