/** How long audit entries are kept: a year and a month. */
const RETENTION_DAYS = 400;

/** Maximum number of expired entries that are deleted when another one is recorded. */
const EXPIRED_PER_WRITE = 1_000;

/** The end of a statement that records an audit entry: it deletes those that have expired. */
export const deleteExpired = (label: 'SettingsChange' | 'ConsoleEvent'): string =>
  `WITH 1 AS recorded
     MATCH (e:${label}) WHERE e.at < datetime.realtime('UTC') - duration({days: ${RETENTION_DAYS}})
     WITH e LIMIT ${EXPIRED_PER_WRITE} DELETE e`;
