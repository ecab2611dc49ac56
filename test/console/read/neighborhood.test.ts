import assert from 'node:assert/strict';
import { clustered } from '../../../src/console/read/neighborhood';
import type { Neighbor } from '../../../src/graph/read/explore';

const neighbor = (label: Neighbor['label'], id: number, own: Partial<Neighbor> = {}): Neighbor => ({
  ...{ label, id: `${label}${id}`, name: `${label} ${id}`, status: 'ACTIVE', department: null },
  ...own,
});

const many = (count: number, label: Neighbor['label'], own: Partial<Neighbor> = {}) =>
  Array.from({ length: count }, (_, i) => neighbor(label, i, own));

const shown = (neighbors: readonly Neighbor[]) => {
  const { singles, clusters } = clustered(neighbors);
  return [singles.length, ...clusters.map(({ label, trait, members }) => [label, trait, members.length])];
};

describe('The neighbors in a picture', () => {
  it('are all shown if they are few', () => {
    assert.deepEqual(shown(many(15, 'User')), [15]);
  });

  it('are clustered if they are many: users by department, or by status if they are not active', () => {
    const users = [
      ...many(4, 'User'),
      ...many(30, 'User', { department: 'Sales' }),
      ...many(5, 'User', { department: 'Sales', status: 'SUSPENDED' }),
      ...many(3, 'User'),
      ...many(2, 'User', { status: 'STAGED' }),
    ];
    assert.deepEqual(shown(users), [
      6,
      ['User', 'Sales', 30],
      ['User', 'Suspended', 5],
      ['User', 'no department', 3],
    ]);
  });

  it('are clustered by label: groups by the first word of their name, apps by status', () => {
    const all = [
      ...many(5, 'App', { status: 'INACTIVE' }),
      ...many(9, 'Group', { name: 'app-zoom-1' }),
      ...many(5, 'Group', { name: 'Sales Berlin' }),
      ...many(2, 'AdminRole'),
    ];
    assert.deepEqual(shown(all), [11, ['Group', 'app', 5], ['Group', 'Sales', 5]]);
  });

  it('have few clusters: what is in many small ones is in one more', () => {
    const departments = Array.from({ length: 30 }, (_, i) =>
      many(20 + i, 'User', { department: `D${i}` }),
    ).flat();
    const { singles, clusters } = clustered(departments);
    assert.equal(clusters.length, 9);
    assert.equal(clusters.at(-1)?.trait, 'others');
    const all = [...singles, ...clusters.flatMap(({ members }) => members)];
    assert.deepEqual(new Set(all), new Set(departments), 'each neighbor is in the picture once');
    assert.equal(all.length, departments.length);
  });
});
