import * as fc from 'fast-check';

/**
 * Arbitraries of what every random churn plan has: changes of users, and groups whose timestamp moves without a change.
 *
 * @param most of each kind.
 */
export function churnOfPeople(most: number) {
  const few = fc.integer({ min: 0, max: most });
  return {
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    addUsers: few,
    renameUsers: few,
    deactivateUsers: few,
    deleteUsers: few,
    groupsTouched: few,
  };
}
