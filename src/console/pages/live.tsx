import type { Child } from 'hono/jsx';
import { countOf, formatCount } from '../../text/counts';
import { formatDuration } from '../../text/times';
import { printable } from '../../text/printable';
import { currentWait, waitText, type SyncPhase } from '../../contract';
import { RUN_PHASES, type RunPhase } from '../../graph/write/run';
import type { LiveCounts } from '../../graph/read/liveRun';
import type { Retry } from '../../runs/retries';
import type { LiveRun } from '../read/run';
import { PHASE_NAMES } from './phases';
import { TimeUntil, Facts } from './parts';

/** The phase that a run is in, by its progress; undefined before the first one. */
const CURRENT: Readonly<Record<SyncPhase, RunPhase | undefined>> = {
  starting: undefined,
  'users and groups': 'lists',
  memberships: 'memberships',
  access: 'access',
  sweep: 'sweep',
  reporting: 'sweep',
  done: 'sweep',
};

/** How far a phase is. */
interface Amount {
  text: string;
  /** Absent if it is not known in advance. */
  total?: number;
  /** What is counted in `done`, such as `groups`. */
  units: string;
  done: number;
}

/** A run's progress; updated every second while the page is open. */
export function Live({ live, now }: { live: LiveRun; now: Date }) {
  const { progress, counts, retries } = live;
  const wait = currentWait(progress, now);
  const phases = RUN_PHASES.filter((phase) => phase !== 'access' || progress?.access !== undefined);
  const at = progress ? phases.findIndex((phase) => phase === CURRENT[progress.phase]) : -1;
  return (
    <>
      {!progress && (
        <p class="note">
          Waiting for a worker. If no worker is running, start one with <code>okta-graph worker</code>.
        </p>
      )}
      <ol class="phases" aria-label="Phases">
        {phases.map((phase, nth) => (
          <Phase
            phase={phase}
            state={nth < at ? 'past' : nth === at ? 'current' : 'next'}
            amount={amountOf(phase, live)}
            elapsedMs={elapsedOf(phase, phases[nth + 1], counts)}
            counts={counts}
          >
            {nth === at && wait && <p class="note">{`The run is ${waitText(wait)}.`}</p>}
          </Phase>
        ))}
      </ol>
      {at < 0 && wait && <p class="note">{`The run is ${waitText(wait)}.`}</p>}
      <Facts
        facts={[
          ['Elapsed', formatDuration(now.getTime() - live.startedAt.getTime())],
          counts && ['Changes so far', changesText(counts.changes)],
          counts && ['Okta API requests', formatCount(counts.okta.requests)],
          counts && [
            'Rate limits',
            `hit ${countOf(counts.okta.rateLimited, 'time')}, waited ${formatDuration(counts.okta.waitedMs)} in total`,
          ],
          counts && counts.warnings > 0 && ['Warnings so far', formatCount(counts.warnings)],
        ]}
      />
      {retries.map((retry) => (
        <Waiting retry={retry} now={now} />
      ))}
    </>
  );
}

function Phase({
  phase,
  state,
  amount,
  elapsedMs,
  counts,
  children,
}: {
  phase: RunPhase;
  state: 'past' | 'current' | 'next';
  amount: Amount | undefined;
  elapsedMs: number | undefined;
  counts: LiveCounts | undefined;
  children?: Child;
}) {
  const name = PHASE_NAMES[phase];
  const { changes } = counts?.phases[phase] ?? {};
  const hasChanged = changes && changes.added + changes.updated + changes.removed > 0;
  return (
    <li class={state} {...(state === 'current' ? { 'aria-current': 'step' } : {})}>
      <strong>{name}</strong>
      <Bar name={name} state={state} amount={amount} />
      <p>
        {state === 'next'
          ? 'not started'
          : [
              amount?.text,
              amount && rateText(amount, elapsedMs),
              elapsedMs !== undefined && `${state === 'past' ? 'took' : 'for'} ${formatDuration(elapsedMs)}`,
              hasChanged && changesText(changes),
            ]
              .filter(Boolean)
              .join(' · ')}
      </p>
      {children}
    </li>
  );
}

/** Without a value, a bar shows that something is in progress and not how far. */
function Bar({ name, state, amount }: { name: string; state: string; amount: Amount | undefined }) {
  if (state === 'past') return <progress aria-label={name} value={1} max={1}></progress>;
  if (state === 'next') return <progress aria-label={name} value={0} max={1}></progress>;
  if (!amount?.total) return <progress aria-label={name}></progress>;
  return (
    <progress aria-label={name} value={Math.min(amount.done, amount.total)} max={amount.total}></progress>
  );
}

/** @returns undefined if nothing is known yet. */
function amountOf(phase: RunPhase, { progress, counts }: LiveRun): Amount | undefined {
  switch (phase) {
    case 'lists': {
      if (!progress) return undefined;
      const users = counts?.seen.users ?? progress.users.seen;
      const groups = counts?.seen.groups ?? progress.groups.seen;
      const { atStart } = counts ?? {};
      const expected = progress.mode === 'full' && atStart ? atStart.users + atStart.groups : 0;
      const isDone = progress.users.done && progress.groups.done;
      const of = expected > 0 && !isDone ? `; the graph had ${formatCount(expected)} together` : '';
      const text = `${readText(users, 'user', progress.users.done)}, ${readText(groups, 'group', progress.groups.done)}${of}`;
      return {
        text,
        done: users + groups,
        units: 'users and groups',
        ...(expected > 0 && { total: expected }),
      };
    }
    case 'memberships': {
      const { groupsDone = 0, groupsTotal } = progress?.memberships ?? {};
      const read = Math.max(groupsDone, counts?.groupsRead ?? 0);
      if (groupsTotal === undefined)
        return read > 0 ? { text: countOf(read, 'group'), done: read, units: 'groups' } : undefined;
      const done = Math.min(read, groupsTotal);
      const text = `${formatCount(done)} of ${countOf(groupsTotal, 'group')}`;
      return { text, done, total: groupsTotal, units: 'groups' };
    }
    case 'access': {
      const { done = 0, total = 0 } = progress?.access ?? {};
      if (total === 0) return undefined;
      return { text: `${formatCount(done)} of ${countOf(total, 'list')}`, done, total, units: 'lists' };
    }
    case 'sweep':
      return undefined;
  }
}

function readText(count: number, noun: string, isDone: boolean): string {
  return `${isDone ? 'all ' : ''}${countOf(count, noun)}`;
}

/** Returns how long a phase has taken, or took until the next one began; undefined if nobody recorded its begin. */
function elapsedOf(
  phase: RunPhase,
  next: RunPhase | undefined,
  counts: LiveCounts | undefined,
): number | undefined {
  const sinceMs = counts?.phases[phase].sinceMs;
  if (sinceMs == null) return undefined;
  return sinceMs - ((next && counts?.phases[next].sinceMs) ?? 0);
}

/** Returns the mean number per second since the phase began; undefined if nothing is done yet. */
function rateText({ done, units }: Amount, elapsedMs: number | undefined): string | undefined {
  if (elapsedMs === undefined || elapsedMs < 1_000 || done === 0) return undefined;
  const rate = (done * 1_000) / elapsedMs;
  return `${rate < 10 ? rate.toPrecision(2) : formatCount(Math.round(rate))} ${units} per second`;
}

function changesText({ added, updated, removed }: LiveCounts['changes']): string {
  return `${countOf(added, 'addition')}, ${countOf(updated, 'update')}, ${countOf(removed, 'removal')}`;
}

function Waiting({ retry: { activity, attempt, nextAt, why }, now }: { retry: Retry; now: Date }) {
  return (
    <div class="note">
      <p>
        {`${activity} failed and `}
        {nextAt && nextAt > now ? (
          <>
            will be retried <TimeUntil time={nextAt} now={now} />
          </>
        ) : (
          'is being retried'
        )}
        {` (attempt ${attempt}).`}
      </p>
      {why !== undefined && <p>{printable(why)}</p>}
    </div>
  );
}
