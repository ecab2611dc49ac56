import type { JsonObject } from '../json';
import type { UserRecord } from '../userRecord';
import type { EventType } from './eventTypes';

/**
 * A user, or its account in an app. The index and the changes of the profile give the names at the time of the event;
 * the user's record would take more memory.
 */
export interface UserTarget extends Pick<UserRecord, 'index' | 'changes'> {
  readonly type: 'User' | 'AppUser';
  readonly id: string;
}

export interface NamedTarget {
  readonly type: 'UserGroup' | 'AppInstance' | 'ROLE' | 'GroupRule' | 'RESOURCE_SET';
  readonly id: string;
  readonly name: string;
  /** Default: `unknown`, as in Okta. */
  readonly alternateId?: string;
}

export type Target = UserTarget | NamedTarget;

/** Something to record. */
export interface Happening {
  readonly type: EventType;
  readonly targets: readonly Target[];
  readonly debugData?: JsonObject;
  /** Who did it. Default: an admin. */
  readonly actor?: 'system' | UserTarget;
}

/** A recorded event, without what follows from its index. */
export interface RecordedEvent extends Happening {
  /** Number of events that were recorded before; determines the `uuid`. */
  readonly index: number;
  readonly publishedMs: number;
}

/** An event in the log. One that repeats is there twice. */
export interface StoredEvent {
  readonly event: RecordedEvent;
  /** Persistence time, in ascending order. */
  readonly storedMs: number;
  /** Position in the log, from 1; never reused. */
  readonly number: number;
}
