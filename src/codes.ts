/** The table of all failure and warning codes. Workflows import it, so it contains only texts and no logic of a run. */

/**
 * Scope of a failure. `page`: a smaller page may succeed. `request`: another request may succeed. `node`: some users or
 * groups. `group`: the members of a group. `kind`: all users, all groups or all memberships. `everything`: the rest of
 * the run would fail too.
 */
export type Concerns = 'page' | 'request' | 'node' | 'group' | 'kind' | 'everything';

/** Consequence of a failure. `will retry`: the next run tries again automatically. `informational`: the graph is still in sync with Okta. */
export type Becomes = 'will retry' | 'action required' | 'informational';

/**
 * How a report has a code. `failure`: as the run's failure. `shortfall`: as a warning that the graph differs from Okta,
 * which makes the outcome `partial`. `warning`: as any other warning.
 */
export type ReportedAs = 'failure' | 'shortfall' | 'warning';

export interface CodeRow {
  readonly reportedAs: ReportedAs;
  readonly concerns: Concerns;
  /** True if a failed attempt is retried within the run. */
  readonly retried: boolean;
  readonly becomes: Becomes;
  /** Default message: one sentence that says what happened. Those with a count are written in src/graph/write/report.ts. */
  readonly means: string;
  /** Default advice; undefined if there is nothing to do. */
  readonly advice: string | undefined;
  /** Advice in the console, if different. */
  readonly adviceInConsole: string | undefined;
}

const WAIT_AND_REPORT = 'Wait for the next run. If it fails again, report it to Okta.';
const MORE_MEMORY = 'Raise dbms.memory.transaction.total.max or the heap of Neo4j.';
const REPORT_IT = 'Report it as a bug, with this message.';
const RESTART =
  'If the secret is in a file, replace the file; otherwise set the variable and restart the worker.';
const ALL_USERS_AND_GROUPS = 'assign a role that covers all users and groups';
const CHECK_ROLE =
  'Check whether the admin role, or its resource set, of the service app or of the admin who created the token has changed.';

/** Returns a builder of the rows of codes with the same scope, retries and consequence. */
const rows =
  <R extends ReportedAs>(reportedAs: R) =>
  <C extends string>(
    concerns: Concerns,
    retried: 'retried' | 'final',
    becomes: Becomes,
    texts: Readonly<Record<C, readonly [means: string, advice?: string, adviceInConsole?: string]>>,
  ): Record<C, CodeRow & { readonly reportedAs: R }> => {
    const nature = { reportedAs, concerns, retried: retried === 'retried', becomes };
    const entries = Object.entries<(typeof texts)[C]>(texts).map(
      ([code, [means, advice, adviceInConsole]]) => [code, { ...nature, means, advice, adviceInConsole }],
    );
    return Object.fromEntries(entries) as Record<C, CodeRow & { readonly reportedAs: R }>;
  };

const failures = rows('failure');
const shortfalls = rows('shortfall');
const warnings = rows('warning');

const TABLE = {
  ...failures('everything', 'final', 'action required', {
    OKTA_UNAUTHORIZED: [
      'Okta rejected the credentials.',
      `The API token or the key of the service app is invalid, revoked or expired. Create a new one. ${RESTART}`,
    ],
    OKTA_UNTRUSTED: [
      'The TLS certificate of the host is not trusted by this machine.',
      'Check OKTA_DOMAIN. If a proxy intercepts TLS, set NODE_EXTRA_CA_CERTS to the file of its CA certificate.',
    ],
    GRAPH_UNAUTHORIZED: [
      'Neo4j rejected the user name or password.',
      `Check NEO4J_USERNAME and NEO4J_PASSWORD. ${RESTART}`,
    ],
    GRAPH_FORBIDDEN: [
      'The Neo4j user lacks a required privilege.',
      'Grant it the privileges to read, write, and create constraints and indexes.',
    ],
    GRAPH_NO_DATABASE: ['Neo4j has no such database.', 'Check NEO4J_DATABASE.'],
    GRAPH_SCHEMA: [
      "The database has constraints of another tool that okta-graph's data would violate.",
      'Set NEO4J_DATABASE or NEO4J_URI to a dedicated database, or drop the constraints if nothing needs them.',
    ],
    INVALID_INPUT: [
      'The input of the run, the state it carried over, or the result of an activity is invalid.',
      'Start the run with one input, such as {"domain": "acme.okta.com", "mode": "full"}.',
    ],
    UNKNOWN_ORG: [
      'The worker has no credentials for the requested domain.',
      'Configure the org on every worker that polls the task queue, or start a run for another domain.',
    ],
    ORG_IDENTITY: [
      'The graph has this org under another domain, or another org under this domain.',
      'Keep the old OKTA_DOMAIN. If the org has moved, run: okta-graph rename-org OLD NEW',
    ],
    SYNC_FAILED: ['The run failed; its report says why.', 'See the failure in the report.'],
  }),
  ...failures('request', 'final', 'action required', {
    OKTA_FORBIDDEN: [
      'The credentials do not allow this request.',
      'Grant the scopes okta.users.read and okta.groups.read, and the role Read-only Administrator. The role must cover all users and groups.',
    ],
    OKTA_NOT_FOUND: ['Okta did not find the requested resource (404).', REPORT_IT],
    OKTA_BAD_REQUEST: ['Okta rejected the request.', REPORT_IT],
    OKTA_FOREIGN_LINK: [
      'A next-page link points to another host or another list; the credentials were not sent there.',
      'Set OKTA_DOMAIN to the domain that the org uses in its own links.',
    ],
    OKTA_NOT_AN_ORG: [
      'The domain does not respond like an Okta org.',
      "Check OKTA_DOMAIN: it must be the org's own address, such as acme.okta.com, without -admin.",
    ],
  }),
  ...failures('request', 'final', 'will retry', {
    OKTA_CURSOR_EXPIRED: [
      'The cursor of a list expired repeatedly.',
      'The worker is too slow between pages. Give the worker and Neo4j more CPU.',
    ],
    OKTA_REPEATED_LINK: ["Okta's next-page links form a loop.", WAIT_AND_REPORT],
    OKTA_ENDLESS_LIST: [
      'Okta kept returning pages without new items.',
      `The data in the graph was kept, and nothing was deleted. ${WAIT_AND_REPORT}`,
    ],
  }),
  ...failures('everything', 'retried', 'will retry', {
    OKTA_RATE_LIMITED: [
      "The org's rate limits are exhausted.",
      "Other applications are using up the org's rate limits (Okta: Reports > Rate Limits). Sync at a quieter time, or ask Okta for a higher limit.",
    ],
    OKTA_UNREACHABLE: [
      'Okta could not be reached.',
      "Check OKTA_DOMAIN, the worker's network, a proxy and https://status.okta.com.",
    ],
    GRAPH_UNREACHABLE: [
      'Neo4j could not be reached.',
      'Check that it is running, that NEO4J_URI is right, and that the worker can reach it.',
    ],
    GRAPH_BEHIND: [
      'The contacted member of the Neo4j cluster does not have the latest writes yet.',
      'The next run tries again. If it persists, check replication in the Neo4j cluster.',
    ],
    GRAPH_TIMED_OUT: [
      'A Neo4j transaction timed out.',
      'Check whether Neo4j is overloaded, or another transaction holds locks.',
    ],
    ACTIVITY_TIMEOUT: [
      'An activity timed out on every attempt.',
      'Check that a worker is running, and look in its log.',
    ],
    WORKER_SHUTDOWN: ['The worker is shutting down; another worker continues from here.'],
  }),
  ...failures('page', 'retried', 'will retry', {
    OKTA_SERVER_ERROR: [
      'Okta returned a server error.',
      'Check https://status.okta.com. If the error persists, look for a proxy between the worker and Okta.',
    ],
    OKTA_TIMEOUT: [
      'Okta did not respond in time.',
      'Check the network, a proxy and https://status.okta.com.',
    ],
    OKTA_ANSWER_TOO_LARGE: [
      'A response from Okta was truncated or is too large.',
      'If the error persists, look for a proxy that truncates responses.',
    ],
  }),
  ...failures('request', 'retried', 'will retry', {
    OKTA_UNREADABLE_ANSWER: [
      'The response did not come from Okta, probably from a proxy.',
      'Check whether a proxy between the worker and Okta changes responses.',
    ],
  }),
  ...failures('request', 'final', 'action required', {
    NOTIFY_REFUSED: [
      'The receiver of notifications does not accept them.',
      'Check NOTIFY_URL, NOTIFY_SECRET and NOTIFY_FORMAT, and try: okta-graph notify --test',
    ],
  }),
  ...failures('request', 'retried', 'action required', {
    NOTIFY_FAILED: [
      'A notification could not be delivered.',
      'It is sent again for a day. Check the receiver, and try: okta-graph notify --test',
    ],
  }),
  ...failures('everything', 'retried', 'action required', {
    GRAPH_DATABASE_UNAVAILABLE: [
      'Neo4j answers, but its database is not available: it is stopped, is starting, could not start, or has no leader.',
      "Run SHOW DATABASES or look in Neo4j's log. Nothing is lost: the next run continues from here.",
    ],
    GRAPH_READ_ONLY: [
      'Neo4j accepts no writes: the database is read-only.',
      'Make it writable, or set NEO4J_URI to a server that accepts writes.',
    ],
    GRAPH_NEEDS_RESTART: [
      'Neo4j hit an error that it cannot recover from, such as a full disk.',
      "Find the error in Neo4j's log, fix the cause, and restart it.",
    ],
    GRAPH_ERROR: ['Neo4j returned an error.', "Look in Neo4j's log."],
    INTERNAL: ['Internal error.', REPORT_IT],
  }),
  ...failures('node', 'final', 'action required', {
    GRAPH_CONFLICT: [
      'The data violates a constraint in the database.',
      'Check whether another tool writes nodes with the same labels.',
    ],
  }),
  ...shortfalls('node', 'final', 'action required', {
    NOT_REMOVED: [
      'A user or group that Okta has deleted could not be removed from the graph.',
      `${MORE_MEMORY} If that does not help, look for a FormerUser or FormerGroup with the same ID.`,
    ],
    KEPT_UNPROVEN: [
      'Okta no longer lists users, groups, apps or group rules, but did not confirm the deletion, so nothing was removed.',
      `If the admin role no longer covers them, ${ALL_USERS_AND_GROUPS}. They are removed once Okta reports them as deleted.`,
    ],
  }),
  ...shortfalls('kind', 'final', 'will retry', {
    ACCESS_LEFT: [
      'Some lists of assignments or roles were not read completely; the next run reads them again.',
      'If this happens in every run, check the admin role and its resource set: it may not cover all apps and groups.',
    ],
  }),
  ...warnings('kind', 'final', 'action required', {
    ACCESS_NOT_READ: [
      'Okta does not let these credentials read a kind in SYNC_ACCESS; its part of the graph stays as it was.',
      'Grant okta.apps.read for apps and okta.roles.read for roles, with an admin role that may view them; a granted scope is used within an hour, or after a restart of the workers. Or take the kind out of SYNC_ACCESS.',
    ],
  }),
  ...warnings('kind', 'final', 'informational', {
    LOG_GAP: [
      'Events of the System Log could not be read: Okta no longer accepts the position of the watch in it. This run has looked for what changed.',
      'If this happens often, check that a worker is always running.',
    ],
  }),
  ...warnings('node', 'final', 'will retry', {
    TOUCHED_NOT_FOUND: [
      'Okta does not find users or groups that the System Log has named; an incremental run checks whether they were deleted.',
      'Wait for the next incremental run, which the watch starts within minutes.',
    ],
  }),
  ...shortfalls('node', 'final', 'will retry', {
    TOUCHED_LEFT: [
      'Some users or groups that the System Log has named could not be read; the next run looks for their changes.',
      "If this happens often, look in the worker's log, and check that the admin role covers all users and groups.",
    ],
  }),
  ...warnings('node', 'final', 'action required', {
    MALFORMED_ACCESS: [
      'An app, a group rule, an assignment or a role was left out: it has no usable ID, or does not say if it comes through a group.',
      'Report it with this warning.',
    ],
    PROPERTY_LEFT_OUT: [
      'Some values of an attribute in USER_PROPERTIES or GROUP_PROPERTIES cannot be a property and were left out.',
      'Only a text, a number, true or false, or a list of texts can be a property. Remove the attribute from the variable; the raw object keeps the value.',
    ],
    MANAGER_UNRESOLVED: [
      "Users with a manager value that matches no user's Okta ID, login, email or employee number.",
      "Set managerId in Okta to the manager's login, email, employee number or Okta ID.",
    ],
    MANAGER_AMBIGUOUS: [
      'Users with a manager value that matches several users.',
      'Set it to a login or an employee number that only one user has.',
    ],
    MALFORMED_USER: [
      'A user without a usable ID or profile, or nested too deeply, was left out.',
      'Look up the user in the Okta Admin Console by its ID, and report it with this warning.',
    ],
    MALFORMED_GROUP: [
      'A group without a usable ID or profile, or nested too deeply, was left out.',
      'Look up the group in the Okta Admin Console by its ID, and report it with this warning.',
    ],
    ROW_TOO_LARGE: [
      'A user or group is too large for a Neo4j transaction and was left out.',
      `${MORE_MEMORY} The next run that lists all users or groups adds it.`,
    ],
  }),
  ...failures('node', 'retried', 'action required', {
    GRAPH_OUT_OF_MEMORY: ['Neo4j has too little memory for a transaction.', MORE_MEMORY],
  }),
  ...failures('everything', 'final', 'will retry', {
    DEADLINE_REACHED: [
      'The run reached SYNC_RUN_DEADLINE; the next one continues where it stopped.',
      'To finish in one run, raise SYNC_RUN_DEADLINE or OKTA_MAX_API_CAPACITY, or ask Okta for a higher limit.',
    ],
    CANCELLED: ['The run was canceled; the next one continues where it stopped.'],
    ABANDONED: ['The workflow was terminated or timed out before it could write a report.'],
  }),
  ...failures('everything', 'final', 'informational', {
    RUN_ENDED: ['A write arrived after the run had ended and was discarded.'],
  }),
  ...shortfalls('group', 'final', 'will retry', {
    GROUP_FAILED: [
      'The members of a group could not be read; its memberships were kept.',
      "The group keeps the members of its last complete read and will come first in the next run. If it fails again, look in the worker's log.",
    ],
    GROUPS_LEFT: [
      'The members of some groups were not read; the next run continues with them.',
      'If this happens in every run, raise SYNC_RUN_DEADLINE or OKTA_MAX_API_CAPACITY, and check the admin role of the service app, or of the admin who created the token: after three consecutive 403 responses, the run skips the remaining groups.',
    ],
    MEMBERS_WITHOUT_USER: [
      'Some members of a group are not in the graph; the next run reads the group again.',
    ],
  }),
  ...shortfalls('group', 'final', 'action required', {
    MEMBERS_MISSING: [
      'In two reads of a group, Okta listed fewer members than it counts, and the gap is larger than before. No member was removed.',
      `If the admin role does not cover all users, ${ALL_USERS_AND_GROUPS}. If it does, look for a proxy that truncates lists.`,
    ],
  }),
  ...shortfalls('kind', 'final', 'action required', {
    REMOVALS_WITHHELD: [
      'The removals exceed the limit, so none of that kind was made.',
      'Check in Okta first. If they are right, run: okta-graph run --mode full --allow-deletes --wait',
      'Check in Okta first. If they are right, approve the removals on the page of the latest run.',
    ],
    SCOPE_SHRANK: [
      'Okta no longer shows users or members but still counts them; none was removed.',
      `${CHECK_ROLE} If the users are really deleted, wait for Okta's counts, or run: okta-graph run --mode full --allow-deletes --wait`,
      `${CHECK_ROLE} If the users are really deleted, approve the removals on the page of the latest run.`,
    ],
    EMPTY_USER_LIST: [
      'Okta returned no users at all, so none was removed.',
      `The admin role covers no users. Check the role and its resource set, or ${ALL_USERS_AND_GROUPS}.`,
    ],
    EMPTY_GROUP_LIST: [
      'Okta returned no groups at all, so none was removed.',
      `Every org has the group Everyone, so the admin role covers no groups: ${ALL_USERS_AND_GROUPS}.`,
    ],
  }),
  ...warnings('node', 'final', 'informational', {
    MEMBERS_EXCLUDED: [
      'SYNC_MEMBERS_OF no longer selects some groups; their memberships ended in the graph.',
      'If that was not meant, correct SYNC_MEMBERS_OF: the next run reads the members again.',
    ],
    MISSING_EMAIL: [
      'Users without an email in Okta; in the graph they are identified by their Okta ID.',
      'Set the primary email in Okta, or in the directory that Okta imports it from.',
    ],
    DUPLICATE_EMAIL: [
      'Several users share one email; each is a separate node.',
      'If they are one person, delete the unused account in Okta.',
    ],
  }),
};

export type Code = keyof typeof TABLE;

/** Codes of warnings. */
export type WarningCode = {
  [C in Code]: (typeof TABLE)[C]['reportedAs'] extends 'failure' ? never : C;
}[Code];

/** Codes of failures that Okta or the connection to it causes. */
export type OktaErrorCode = Extract<Code, `OKTA_${string}`>;

export const CODES: Readonly<Record<Code, CodeRow>> = TABLE;

/** Returns the consequence of a code; `action required` for a code of another version that is not in the table. */
export function becomesOf(code: string): Becomes {
  return rowOf(code)?.becomes ?? 'action required';
}

/** Returns the row of a code; undefined for a code of another version that is not in the table. */
export function rowOf(code: string): CodeRow | undefined {
  return Object.hasOwn(CODES, code) ? CODES[code as Code] : undefined;
}
