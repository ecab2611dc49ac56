import type { OktaWait, SyncProgress } from './contract';

const BUCKETS: Readonly<Record<OktaWait['bucket'], string>> = {
  users: 'the user list',
  user: 'single users',
  groups: 'the group list and members',
  group: 'single groups',
  other: 'other calls',
};

/** What a run does while it waits for Okta, such as `waiting for Okta's rate limit on the user list until 12:34:56 UTC`. */
export function waitText({ bucket, until, reason }: OktaWait): string {
  const time = `${until.slice(11, 19)} UTC`;
  const what = `${BUCKETS[bucket]} (bucket "${bucket}")`;
  return reason === 'limit'
    ? `waiting for Okta's rate limit on ${what} until ${time}`
    : `waiting until ${time}: Okta refuses calls for ${what} with 429 and does not say for how long`;
}

/** The wait of a run that is not over yet; undefined when it does not wait. */
export function currentWait(progress: SyncProgress | undefined, now: Date): OktaWait | undefined {
  const wait = progress?.waiting;
  return wait && Date.parse(wait.until) > now.getTime() ? wait : undefined;
}
