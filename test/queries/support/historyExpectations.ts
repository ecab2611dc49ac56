import type { ChurnedOrg } from './churnedOrg';
import { endOf, type Expectation } from './expectation';
import type { Value } from '../../../src/queries/answer';

/** One membership from one step to another; `to` is null while it lasts. */
interface Stint {
  user: string;
  group: string;
  from: number;
  to: number | null;
}

/** Returns all past and current memberships, from the snapshots of all steps. */
function stints({ snapshots }: ChurnedOrg): Stint[] {
  const all: Stint[] = [];
  const open = new Map<string, Stint>();
  for (const [step, { allGroups }] of snapshots.entries()) {
    const held = new Set(allGroups.flatMap(({ id, members }) => [...members].map((user) => `${user} ${id}`)));
    for (const [key, stint] of open) {
      if (held.has(key)) continue;
      stint.to = step;
      open.delete(key);
    }
    for (const key of held) {
      if (open.has(key)) continue;
      const [user = '', group = ''] = key.split(' ');
      const stint: Stint = { user, group, from: step, to: null };
      all.push(stint);
      open.set(key, stint);
    }
  }
  return all;
}

/** Returns the memberships added and removed by the steps after `from`, up to and including `to`. */
function changes(org: ChurnedOrg, from: number, to: number): ['added' | 'removed', Stint][] {
  const isWithin = (step: number | null) => step !== null && step > from && step <= to;
  return stints(org).flatMap((stint): ['added' | 'removed', Stint][] => [
    ...(isWithin(stint.from) ? [['added', stint] as ['added', Stint]] : []),
    ...(isWithin(stint.to) ? [['removed', stint] as ['removed', Stint]] : []),
  ]);
}

/** Converts the time of a read to its step. */
const asStep = (org: ChurnedOrg, column: string, value: Value): Value =>
  column.endsWith('_by') ? org.stepOf(value) : value;

const between = (from: number, to: number) => (org: ChurnedOrg) => ({
  since: endOf(org, from),
  until: endOf(org, to),
});

/** Expected answers about the past, computed from the snapshots of the org. */
export const HISTORY_EXPECTATIONS: readonly Expectation[] = [
  ...[0, 1, 2, 3, 4].map((step): Expectation => ({
    id: 'group-members-at',
    given: (org) => ({
      group: step === 0 ? org.ids.dropped : org.ids.project,
      at: endOf(org, step === 0 ? 2 : step),
    }),
    columns: ['group_id', 'user_id'],
    rows: (org) => {
      const [id, at] = step === 0 ? [org.ids.dropped, 2] : [org.ids.project, step];
      return [...(org.at(at).groups.get(id)?.members ?? [])].map((user) => [id, user]);
    },
  })),
  {
    id: 'group-members-at',
    given: (org) => ({ group: 'Everyone', at: endOf(org, 0) }),
    columns: ['user_id'],
    rows: (org) => org.at(0).allUsers.map(({ id }) => [id]),
  },
  ...[0, 1, 2].map((step): Expectation => ({
    id: 'person-groups-at',
    given: (org) => ({ person: org.at(0).user(org.ids.leaver).email ?? '', at: endOf(org, step) }),
    columns: ['user_id', 'group_id'],
    rows: (org) =>
      org
        .at(step)
        .groupsOf(org.ids.leaver)
        .map(({ id }) => [org.ids.leaver, id]),
  })),
  {
    id: 'person-history',
    given: ({ ids }) => ({ person: ids.comer }),
    columns: ['group_id', 'began_by', 'ended_by'],
    converted: asStep,
    rows: (org) =>
      stints(org)
        .filter(({ user }) => user === org.ids.comer)
        .map(({ group, from, to }) => [group, from, to]),
  },
  {
    id: 'membership-changes',
    given: between(0, 4),
    columns: ['change', 'user_id', 'group_id'],
    rows: (org) => changes(org, 0, 4).map(([change, { user, group }]) => [change, user, group]),
  },
  {
    id: 'membership-changes',
    given: between(1, 3),
    columns: ['change', 'user_id', 'group_id'],
    rows: (org) => changes(org, 1, 3).map(([change, { user, group }]) => [change, user, group]),
  },
  {
    id: 'group-changes',
    given: (org) => ({ group: 'Project X', ...between(1, 4)(org) }),
    columns: ['change', 'user_id', 'by'],
    converted: (org, column, value) => (column === 'by' ? org.stepOf(value) : value),
    rows: (org) =>
      changes(org, 1, 4)
        .filter(([, { group }]) => group === org.ids.project)
        .map(([change, { user, from, to }]) => [change, user, change === 'added' ? from : to]),
  },
  {
    id: 'movers',
    columns: ['user_id', 'department', 'groups_kept'],
    rows: (org) => {
      const { mover } = org.ids;
      const kept = org.now.groupsOf(mover, org.now.realGroups).filter(({ id }) => org.at(1).has(mover, id));
      return [[mover, 'Botany', kept.length]];
    },
  },
  {
    id: 'leavers',
    given: (org) => ({ since: endOf(org, 0) }),
    columns: ['user_id', 'how', 'groups', 'groups_lost'],
    rows: (org) => {
      const lost = (user: string) =>
        changes(org, 0, 4).filter(([change, stint]) => change === 'removed' && stint.user === user).length;
      const deleted = org.at(0).allUsers.filter(({ id }) => !org.now.users.has(id));
      const deactivated = org.now.allUsers.filter(
        ({ status, statusChangedMs }) =>
          status === 'DEPROVISIONED' && (statusChangedMs ?? 0) >= org.at(0).atMs,
      );
      return [
        ...deleted.map(({ id }) => [id, 'deleted', 0, lost(id)]),
        ...deactivated.map(({ id }) => [id, 'deactivated', org.now.groupsOf(id).length, lost(id)]),
      ];
    },
  },
  {
    id: 'rejoiners',
    columns: ['user_id', 'group_id', 'left_by', 'back_by'],
    converted: asStep,
    rows: (org) => {
      const all = stints(org);
      return all.flatMap(({ user, group, to }) => {
        const back = all.filter(
          (next) => next.user === user && next.group === group && to !== null && next.from > to,
        );
        return back.length === 0 ? [] : [[user, group, to, Math.min(...back.map(({ from }) => from))]];
      });
    },
  },
  {
    id: 'longest-members',
    given: () => ({ group: 'Project X' }),
    columns: ['user_id', 'began_by'],
    converted: asStep,
    rows: (org) =>
      stints(org)
        .filter(({ group, to }) => group === org.ids.project && to === null)
        .map(({ user, from }) => [user, from]),
  },
  {
    id: 'group-churn',
    given: between(0, 4),
    columns: ['group_id', 'added', 'removed'],
    rows: (org) => {
      const groups = new Map<string, [number, number]>();
      for (const [change, { group }] of changes(org, 0, 4)) {
        const counts = groups.get(group) ?? [0, 0];
        counts[change === 'added' ? 0 : 1] += 1;
        groups.set(group, counts);
      }
      return [...groups].map(([group, counts]) => [group, ...counts]);
    },
  },
];
