import fc from 'fast-check';

/** A change of a schedule; `raw` ones go past src/runs/schedule.ts, as those of the Temporal UI and CLI do. */
export type Change =
  | { kind: 'pause' | 'resume'; note: string; raw: boolean }
  | { kind: 'apply'; hours: number; isShown: boolean }
  | { kind: 'trigger' };

/** Changes made at the same time. */
export interface Step {
  changes: Change[];
  isLookedAt: boolean;
}

/** What matters of a schedule, without the words that it is kept in. */
export interface ModelState {
  pausedBy: 'operator' | 'flag' | 'nobody';
  note: string;
  hours: number;
}

/** The same as Temporal shows it. */
export interface ShownState {
  paused: boolean;
  note: string;
  hours: number;
}

/** Steps in an order that only the seed decides; each note is unique, so that a lost one is seen. */
export function randomSteps({ seed, count }: { seed: number; count: number }): Step[] {
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({
      kind: fc.constantFrom('pause' as const, 'resume' as const),
      note: fc.constant(''),
      raw: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('apply' as const),
      hours: fc.integer({ min: 1, max: 24 }),
      isShown: fc.boolean(),
    }),
  );
  const changes: fc.Arbitrary<Change[]> = fc.oneof(
    { weight: 9, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
    // Alone: of a trigger and another client's pause at the same moment, Temporal itself keeps one.
    { weight: 1, arbitrary: fc.constant<Change[]>([{ kind: 'trigger' }]) },
  );
  let notes = 0;
  return fc
    .sample(fc.record({ changes, isLookedAt: fc.boolean() }), { seed, numRuns: count })
    .map((step) => ({
      ...step,
      changes: step.changes.map((each) => ('note' in each ? { ...each, note: `note ${++notes}` } : each)),
    }));
}

/** Every state that changes made at the same time may lead to: each is made once, in some order. */
export function statesAfter(changes: readonly Change[], before: readonly ModelState[]): ModelState[] {
  const found = ordersOf(changes).flatMap((order) => before.map((state) => order.reduce(after, state)));
  return [...new Map(found.map((state) => [JSON.stringify(state), state])).values()];
}

export function shownOf({ pausedBy, note, hours }: ModelState): ShownState {
  const flagged = `Paused by SHOW_OKTA_INTEGRATION=false. ${note}`.trim();
  return { paused: pausedBy !== 'nobody', note: pausedBy === 'flag' ? flagged : note, hours };
}

function after(state: ModelState, change: Change): ModelState {
  const { pausedBy, note, hours } = state;
  switch (change.kind) {
    case 'pause':
      return { pausedBy: 'operator', note: change.note, hours };
    case 'resume':
      return { pausedBy: 'nobody', note: change.note, hours };
    case 'apply':
      if (pausedBy === 'operator') return { pausedBy, note, hours: change.hours };
      return { pausedBy: change.isShown ? 'nobody' : 'flag', note, hours: change.hours };
    case 'trigger':
      return state;
  }
}

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
