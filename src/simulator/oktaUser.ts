import { oktaId } from './ids';
import { isoTime } from './isoTime';
import type { JsonObject } from './json';
import { MAIL_DOMAIN, profileOf } from './profile';
import type { UserRecord } from './userRecord';

/** A user as served. */
export interface OktaUser extends JsonObject {
  id: string;
  status: string;
  lastUpdated: string;
  profile: JsonObject;
}

/** Values that all people of an org share. */
export interface People {
  readonly seed: number;
  /** `http://host:port`, for `_links`. */
  readonly origin: string;
}

/** Returns the complete user as Okta serves it, about 2 KB of JSON. */
export function toOktaUser(record: UserRecord, { seed, origin }: People): OktaUser {
  const profile = profileOf(record, seed);
  const self = `${origin}/api/v1/users/${record.id}`;
  const provider = record.index % 3 === 0 ? 'ACTIVE_DIRECTORY' : 'OKTA';
  return {
    id: record.id,
    status: record.status,
    created: isoTime(record.createdMs),
    activated: isoTimeOrNull(record.activatedMs),
    statusChanged: isoTimeOrNull(record.statusChangedMs),
    lastLogin: isoTimeOrNull(record.lastLoginMs),
    lastUpdated: isoTime(record.lastUpdatedMs),
    passwordChanged: isoTimeOrNull(record.passwordChangedMs),
    type: { id: oktaId('oty', seed, 0) },
    profile,
    credentials: {
      password: {},
      emails:
        typeof profile.email === 'string'
          ? [{ value: profile.email, status: 'VERIFIED', type: 'PRIMARY' }]
          : [],
      provider: { type: provider, name: provider === 'OKTA' ? 'OKTA' : MAIL_DOMAIN },
    },
    _links: {
      suspend: { href: `${self}/lifecycle/suspend`, method: 'POST' },
      schema: { href: `${origin}/api/v1/meta/schemas/user/default` },
      type: { href: `${origin}/api/v1/meta/types/user/default` },
      deactivate: { href: `${self}/lifecycle/deactivate`, method: 'POST' },
      self: { href: self },
    },
  };
}

function isoTimeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : isoTime(timeMs);
}
