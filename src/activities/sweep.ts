import type { NodeLabel } from '../contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { CODES } from '../codes';
import { MAX_EDGES } from '../graph/write/memberships';
import { groupRow, userRow, type NodeRow } from '../graph/write/nodes';
import { removeConfirmed } from '../graph/write/removals';
import type { Run, RunWriter } from '../graph/write/run';
import { pruneHistory } from '../graph/write/retention';
import { drawReportingLines } from '../graph/write/reportingLines';
import {
  candidatesAfter,
  deniedOnce,
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
 * What the sweep does, in order, each step for users and then for groups: it asks for every candidate; some time later it
 * asks once more for those that Okta has denied; and it removes those that Okta has denied twice.
 */
const STEPS = ['ask', 'confirm', 'remove'] as const;
const LABELS = ['User', 'Group'] as const;

/** Where the sweep goes on: after a node of a kind, in a step. */
export interface SweepCursor {
  label: NodeLabel;
  after: string;
  /** Absent where version 0.2.0 began the sweep, which had one step. */
  step?: (typeof STEPS)[number] | 'finish';
}

/** Candidates asked for before what was learnt is written. */
const CANDIDATES = 50;

/**
 * Removes what the lists no longer show, each on Okta's own word, given twice. Then draws the reporting lines of those who
 * are left, and drops history that is too old. Returns where to go on; undefined when done.
 */
export async function sweep(ports: Ports, run: Run, from?: SweepCursor): Promise<SweepCursor | undefined> {
  const attempt = new Attempt<SweepCursor>(ports.chunkMs, SWEEP_CURSOR);
  const { graph, sync } = ports;
  const writer: RunWriter = { db: graph, run, usage: attempt.usage };
  const sweeping = new Sweeping(ports, writer, attempt);
  let cursor: SweepCursor = attempt.lastDetails ?? from ?? { label: 'User', after: '', step: 'ask' };
  return recordingUsage(writer, async () => {
    for (;;) {
      attempt.signal.throwIfAborted();
      if (cursor.step === 'finish') {
        await drawReportingLines(writer, attempt.beat);
        await pruneHistory(writer, sync.historyRetentionMs, attempt.beat);
        return undefined;
      }
      const after = await sweeping.portion(cursor);
      cursor = after === undefined ? next(cursor) : { ...cursor, after };
      attempt.reached(cursor);
      if (attempt.isOver()) return cursor;
    }
  });
}

/** The beginning of what follows a label's step. */
function next({ label, step = 'ask' }: SweepCursor): SweepCursor {
  const following = LABELS[LABELS.indexOf(label) + 1];
  if (following) return { label: following, after: '', step };
  const nextStep = STEPS[STEPS.findIndex((each) => each === step) + 1];
  return { label: 'User', after: '', step: nextStep ?? 'finish' };
}

/** One attempt at the sweep. Each method handles a portion and returns the last id of it, undefined when there is no more. */
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
    switch (cursor.step) {
      case 'confirm':
        return this.confirm(cursor);
      case 'remove':
        return this.remove(cursor);
      default:
        return this.ask(cursor);
    }
  }

  /** Asks for candidates, until Okta has denied more than may go: asking for the rest is in vain then. */
  private async ask({ label, after }: SweepCursor): Promise<string | undefined> {
    const { graph, sync } = this.ports;
    const { run, gapMs } = this;
    const candidates = await sweepCandidates(graph, run, label, { after, atMost: CANDIDATES, gapMs });
    const last = candidates.at(-1)?.id;
    if (last === undefined) return undefined;
    const results = await this.check(label, candidates);
    if (!(await settleCandidates(this.writer, label, results, sync))) return last;
    const unasked = await candidatesAfter(graph, run, label, last);
    await withhold(this.writer, label, {
      unasked,
      ...(await this.contradiction(label, 'denied')),
    });
    return undefined;
  }

  /**
   * Users that Okta denies and its own counts still have are withheld, all of them; groups where Okta denies one that nobody
   * can delete.
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

  /** Asks once more for those that were denied, when enough time has passed since; then holds the proven against Okta's counts. */
  private async confirm({ label, after }: SweepCursor): Promise<string | undefined> {
    const { graph, sync } = this.ports;
    const { run, gapMs } = this;
    await this.pause(await msUntilRipe(graph, run, gapMs));
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

  /** Between transactions: an attempt that was told to stop removes no more. */
  private readonly beat = (): void => {
    this.attempt.signal.throwIfAborted();
    this.attempt.beat();
  };

  private remove({ label, after }: SweepCursor): Promise<string | undefined> {
    const { writer, beat, room } = this;
    return removeConfirmed({ ...writer, label, breaker: this.ports.sync, beat, room }, after);
  }

  private async pause(ms: number): Promise<void> {
    if (ms === 0) return;
    const beating = setInterval(this.attempt.beat, BEAT_MS);
    try {
      await sleep(ms, undefined, { signal: this.attempt.signal }).catch(() => undefined);
    } finally {
      clearInterval(beating);
    }
    this.attempt.signal.throwIfAborted();
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
          const read = readOwn(label, id, found);
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

const BEAT_MS = 5_000;
