import { countOf, formatCount } from '../../text/counts';
import { formatDuration } from '../../text/times';
import { printable } from '../../text/printable';
import { currentWait, waitText, type SyncPhase } from '../../contract';
import type { Retry } from '../../runs/retries';
import type { LiveRun } from '../read/run';
import { TimeUntil, Facts } from './parts';

const STAGES: readonly (readonly [SyncPhase, string])[] = [
  ['starting', 'Starting'],
  ['users and groups', 'Users and groups'],
  ['memberships', 'Memberships'],
  ['access', 'Apps, roles and rules'],
  ['sweep', 'Removals'],
  ['reporting', 'Report'],
];

/** A run's progress; updated every second while the page is open. */
export function Live({ live, now }: { live: LiveRun; now: Date }) {
  const { progress, counts, retries } = live;
  const wait = currentWait(progress, now);
  return (
    <>
      <Stages phase={progress?.phase} readsAccess={progress?.access !== undefined} />
      {!progress && (
        <p class="note">
          Waiting for a worker. If no worker is running, start one with <code>okta-graph worker</code>.
        </p>
      )}
      {wait && <p class="note">{`The run is ${waitText(wait)}.`}</p>}
      <Facts
        facts={[
          ['Elapsed', formatDuration(now.getTime() - live.startedAt.getTime())],
          progress && ['Users', seen(progress.users)],
          progress && ['Groups', seen(progress.groups)],
          progress && ['Members of groups', <GroupsRead {...progress.memberships} />],
          progress?.access && ['Assignments and roles', <ListsRead {...progress.access} />],
          counts && [
            'Changes so far',
            `${countOf(counts.changes.added, 'addition')}, ` +
              `${countOf(counts.changes.updated, 'update')}, ` +
              `${countOf(counts.changes.removed, 'removal')}`,
          ],
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

function Stages({ phase, readsAccess }: { phase: SyncPhase | undefined; readsAccess: boolean }) {
  const stages = STAGES.filter(([stage]) => stage !== 'access' || readsAccess);
  const at = stages.findIndex(([stage]) => stage === phase);
  return (
    <ol class="stages" aria-label="Stages">
      {stages.map(([, name], i) => (
        <li class={i < at ? 'past' : ''} {...(i === at ? { 'aria-current': 'step' } : {})}>
          {name}
        </li>
      ))}
    </ol>
  );
}

function seen({ seen: count, done }: { seen: number; done: boolean }): string {
  return `${formatCount(count)}${done ? ', all read' : ''}`;
}

function GroupsRead({ groupsDone, groupsTotal }: { groupsDone: number; groupsTotal?: number }) {
  if (groupsTotal === undefined) return <>not started</>;
  return (
    <>
      <progress value={groupsDone} max={Math.max(1, groupsTotal)} aria-label="Groups read"></progress>{' '}
      {`${formatCount(groupsDone)} of ${countOf(groupsTotal, 'group')}`}
    </>
  );
}

function ListsRead({ done, total }: { done: number; total: number }) {
  if (total === 0) return <>not started</>;
  return (
    <>
      <progress value={done} max={total} aria-label="Lists read"></progress>{' '}
      {`${formatCount(done)} of ${countOf(total, 'list')}`}
    </>
  );
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
