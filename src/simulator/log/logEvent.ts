import { oktaId } from '../ids';
import { isoTime } from '../isoTime';
import type { JsonObject, JsonValue } from '../json';
import type { People } from '../oktaUser';
import { profileOf } from '../profile';
import { Random } from '../random';
import type { RecordedEvent, Target } from './event';
import { EVENT_TYPES } from './eventTypes';

const UUID_STREAM = 122;

/** An event as served. */
export interface LogEvent extends JsonObject {
  uuid: string;
  published: string;
  eventType: string;
  severity: string;
  displayMessage: string;
  outcome: JsonObject;
  actor: LogEntity;
  /** Null if the event is about nothing but its actor. */
  target: LogEntity[] | null;
  debugContext: { debugData: JsonObject };
}

/** An actor or a target. */
export interface LogEntity extends JsonObject {
  id: string;
  type: string;
  alternateId: string;
  displayName: string;
}

/** Returns the event as Okta serves it, about 1.5 KB of JSON. */
export function toLogEvent(event: RecordedEvent, people: People): LogEvent {
  const { type, targets, debugData = {}, actor, index, publishedMs } = event;
  const id = uuidOf(people.seed, index);
  return {
    uuid: id,
    published: isoTime(publishedMs),
    eventType: type,
    version: '0',
    severity: 'INFO',
    legacyEventType: null,
    displayMessage: EVENT_TYPES[type],
    actor:
      typeof actor === 'object' ? toEntity(actor, people) : actor === 'system' ? SYSTEM : adminOf(people),
    client: {
      userAgent:
        actor === 'system' ? null : { rawUserAgent: 'Mozilla/5.0', os: 'Unknown', browser: 'UNKNOWN' },
      zone: 'null',
      device: actor === 'system' ? null : 'Computer',
      id: null,
      ipAddress: actor === 'system' ? null : '203.0.113.10',
      geographicalContext: null,
    },
    device: null,
    outcome: { result: 'SUCCESS', reason: null },
    target: targets.length === 0 ? null : targets.map((target) => toEntity(target, people)),
    transaction: { type: actor === 'system' ? 'JOB' : 'WEB', id: id.replaceAll('-', ''), detail: {} },
    debugContext: { debugData },
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      externalSessionId: null,
    },
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    request: { ipChain: [] },
  };
}

const SYSTEM: LogEntity = {
  id: '00uOktaSystemPrincip',
  type: 'SystemPrincipal',
  alternateId: 'system@okta.com',
  displayName: 'Okta System',
  detailEntry: null,
};

/** The admin who makes the changes: the first user of the org, even if the user has been deleted. */
function adminOf({ seed }: People): LogEntity {
  return {
    id: oktaId('00u', seed, 0),
    type: 'User',
    alternateId: 'admin@acme.example',
    displayName: 'Org Admin',
    detailEntry: null,
  };
}

function toEntity(target: Target, { seed }: People): LogEntity {
  const { id, type } = target;
  if (!('index' in target))
    return {
      id,
      type,
      alternateId: target.alternateId ?? 'unknown',
      displayName: target.name,
      detailEntry: null,
    };
  const { login, displayName, firstName, lastName } = profileOf(target, seed);
  return {
    id,
    type,
    alternateId: text(login),
    displayName: text(displayName ?? `${text(firstName)} ${text(lastName)}`),
    detailEntry: null,
  };
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : 'unknown';
}

/** Returns the uuid of the `index`-th event of an org. */
function uuidOf(seed: number, index: number): string {
  const random = new Random(seed, UUID_STREAM, index);
  const hex = (digits: number): string =>
    random
      .below(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-11ee-${hex(4)}-${hex(6)}${hex(6)}`;
}
