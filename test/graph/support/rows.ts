import assert from 'node:assert/strict';
import { groupRow, userRow, type NodeRow } from '../../../src/graph/write/nodes';
import { readGroup } from '../../../src/okta/group';
import { readUser, type OktaUser } from '../../../src/okta/user';

export const UPDATED = '2026-01-02T03:04:05.000Z';
export const LATER = '2026-01-02T03:04:06.000Z';
export const EARLIER = '2026-01-02T03:04:04.000Z';

type Json = Record<string, unknown>;

/** A user as Okta would send it; `changes` go over its own properties, `profile` over those of the profile. */
export function oktaUser(id: string, { profile, ...changes }: Json & { profile?: Json } = {}): OktaUser {
  const item = {
    id,
    status: 'ACTIVE',
    created: '2020-01-02T03:04:05.000Z',
    lastLogin: null,
    lastUpdated: UPDATED,
    ...changes,
    profile: { login: id, email: `${id}@acme.com`, firstName: 'Ada', lastName: id, ...profile },
  };
  const user = readUser(item);
  assert.ok(!('malformed' in user));
  return user;
}

export const user = (...args: Parameters<typeof oktaUser>): NodeRow => userRow(oktaUser(...args));

export function group(
  id: string,
  { profile, usersCount, ...changes }: Json & { profile?: Json; usersCount?: number } = {},
): NodeRow {
  const item = {
    id,
    type: 'OKTA_GROUP',
    created: '2020-01-02T03:04:05.000Z',
    lastUpdated: UPDATED,
    lastMembershipUpdated: UPDATED,
    ...changes,
    profile: { name: `Group ${id}`, description: null, ...profile },
    _embedded: { stats: usersCount === undefined ? {} : { usersCount } },
  };
  const read = readGroup(item);
  assert.ok(!('malformed' in read));
  return groupRow(read);
}
