/** The one table of the codes of failures and warnings. Workflows import it, so it holds texts and no logic of a run. */

/**
 * How far a failure reaches. `page`: a smaller page may not meet it. `request`: another request may not meet it.
 * `node`: some users or groups. `group`: the members of a group. `kind`: all users, all groups or all memberships.
 * `everything`: whatever else the run does would meet it too.
 */
export type Concerns = 'page' | 'request' | 'node' | 'group' | 'kind' | 'everything';

/** `will retry`: the next run takes it up by itself. `informational`: the graph agrees with Okta all the same. */
export type Becomes = 'will retry' | 'action required' | 'informational';

export interface CodeRow {
  readonly concerns: Concerns;
  /** True if an attempt that fails with it is tried again within the run. */
  readonly retried: boolean;
  readonly becomes: Becomes;
  /** A sentence, for where nothing more is known. */
  readonly means: string;
  /** What to do, where whoever throws does not know better; undefined where there is nothing to do. */
  readonly advice: string | undefined;
  /** The same in the console, where it differs. */
  readonly adviceInConsole: string | undefined;
}

const WAIT_AND_REPORT = 'Wait for the next run. If it fails again, report it to Okta.';
const MORE_MEMORY = 'Raise dbms.memory.transaction.total.max or the heap of Neo4j.';
const REPORT_IT = 'Report it as a bug, with this message.';
const RESTART = 'Replace its file, or set the new one and restart the worker.';

/** Codes of the same nature, each with what it means, what to do, and that in the console where it differs there. */
function rows<C extends string>(
  concerns: Concerns,
  retried: 'retried' | 'final',
  becomes: Becomes,
  texts: Readonly<Record<C, readonly [means: string, advice?: string, adviceInConsole?: string]>>,
): Record<C, CodeRow> {
  const nature = { concerns, retried: retried === 'retried', becomes };
  const entries = Object.entries<(typeof texts)[C]>(texts).map(([code, [means, advice, adviceInConsole]]) => [
    code,
    { ...nature, means, advice, adviceInConsole },
  ]);
  return Object.fromEntries(entries) as Record<C, CodeRow>;
}

const TABLE = {
  ...rows('everything', 'final', 'action required', {
    OKTA_UNAUTHORIZED: [
      'Okta refused the credentials.',
      `The API token, or the key of the service app, is wrong, revoked or expired. Create a new one. ${RESTART}`,
    ],
    OKTA_UNTRUSTED: [
      'The host has no certificate that this machine trusts.',
      'Check OKTA_DOMAIN, or a proxy that intercepts TLS: NODE_EXTRA_CA_CERTS names its authority.',
    ],
    GRAPH_UNAUTHORIZED: [
      'Neo4j refused the user name or password.',
      `Check NEO4J_USERNAME and NEO4J_PASSWORD. ${RESTART}`,
    ],
    GRAPH_FORBIDDEN: [
      'The Neo4j user may not do this.',
      'It needs to read, write and create constraints and indexes.',
    ],
    GRAPH_NO_DATABASE: ['Neo4j has no such database.', 'Check NEO4J_DATABASE.'],
    GRAPH_SCHEMA: [
      'The database has rules of another tool that the Okta graph would break.',
      'Drop them, or set NEO4J_DATABASE or NEO4J_URI to a database of its own.',
    ],
    INVALID_INPUT: [
      'An input of the sync, what it carries on, or the result of an activity cannot be used.',
      'Start the sync with one input, such as {"domain": "acme.okta.com", "mode": "full"}.',
    ],
    UNKNOWN_ORG: [
      'The worker has no credentials for the domain that was asked for.',
      'Configure the org on every worker that polls the task queue, or start the sync for another domain.',
    ],
    ORG_IDENTITY: [
      'The graph has this org under another domain, or another org under this domain.',
      'Keep the old OKTA_DOMAIN, or, if the org has moved: npm run client -- rename-org OLD NEW',
    ],
    SYNC_FAILED: ['The sync failed; its report says why.', 'See the failure in the report.'],
  }),
  ...rows('request', 'final', 'action required', {
    OKTA_FORBIDDEN: [
      'The credentials may not read this.',
      'Grant the scopes okta.users.read and okta.groups.read, and the role Read-only Administrator. The role must reach all users and all groups.',
    ],
    OKTA_NOT_FOUND: ['Okta does not have what was asked for.', REPORT_IT],
    OKTA_BAD_REQUEST: ['Okta refused the request.', REPORT_IT],
    OKTA_FOREIGN_LINK: [
      'The next page of a list is on another host or of another list; the token was not sent there.',
      'Set OKTA_DOMAIN to the domain that the org itself uses in its links.',
    ],
    OKTA_NOT_AN_ORG: [
      'The domain does not answer as an Okta org does.',
      "Check OKTA_DOMAIN: it is the org's own address, such as acme.okta.com, without -admin.",
    ],
  }),
  ...rows('request', 'final', 'will retry', {
    OKTA_CURSOR_EXPIRED: [
      'The cursor of a list expired again and again.',
      'The worker is too slow between pages: give it, and Neo4j, more CPU.',
    ],
    OKTA_REPEATED_LINK: ["Okta's pages lead in a circle.", WAIT_AND_REPORT],
    OKTA_ENDLESS_LIST: [
      "Okta's pages went on and brought nothing new.",
      `What the graph holds was kept, and nothing was deleted. ${WAIT_AND_REPORT}`,
    ],
  }),
  ...rows('everything', 'retried', 'will retry', {
    OKTA_RATE_LIMITED: [
      "The org's rate limits are used up.",
      "Others use up the org's limits. Lower OKTA_MAX_CONCURRENCY, or sync at a quieter time.",
    ],
    OKTA_UNREACHABLE: [
      'Okta could not be reached.',
      "Check OKTA_DOMAIN, the worker's network, a proxy and https://status.okta.com.",
    ],
    GRAPH_UNREACHABLE: [
      'Neo4j cannot be reached.',
      'Is it running, is NEO4J_URI right, and can the worker reach it?',
    ],
    GRAPH_BEHIND: [
      'The member of the Neo4j cluster that was asked does not have the latest writes yet.',
      'Try again.',
    ],
    GRAPH_TIMED_OUT: [
      'Neo4j took too long over a transaction.',
      'Is it overloaded, or does another transaction hold its locks?',
    ],
    ACTIVITY_TIMEOUT: [
      'An activity did not answer in time, on any of its tries.',
      'Is a worker running? Its log may say more.',
    ],
    WORKER_SHUTDOWN: ['The worker shuts down; another one goes on from here.'],
  }),
  ...rows('page', 'retried', 'will retry', {
    OKTA_SERVER_ERROR: [
      'Okta failed to answer.',
      'Wait for Okta: see https://status.okta.com. If it stays, look for a proxy in between.',
    ],
    OKTA_TIMEOUT: ['Okta did not answer in time.', 'Check the network, a proxy and https://status.okta.com.'],
    OKTA_ANSWER_TOO_LARGE: [
      'An answer of Okta was cut short or is too large.',
      'If it stays, look for a proxy that cuts answers.',
    ],
  }),
  ...rows('request', 'retried', 'will retry', {
    OKTA_UNREADABLE_ANSWER: ['An answer is not what Okta sends.', 'Is a proxy in between?'],
  }),
  ...rows('everything', 'retried', 'action required', {
    GRAPH_DATABASE_UNAVAILABLE: [
      'Neo4j answers, but its database is not available: it is stopped, is starting, or could not start.',
      "SHOW DATABASES and Neo4j's log say which. Nothing is lost: the next run continues from here.",
    ],
    GRAPH_READ_ONLY: [
      'Neo4j takes no writes: the database is read-only.',
      'Make it writable, or set NEO4J_URI to a server that takes writes.',
    ],
    GRAPH_NEEDS_RESTART: [
      'Neo4j met an error that it cannot go on from, as on a full disk.',
      'Its log says which: fix that, and restart it.',
    ],
    GRAPH_ERROR: ['Neo4j failed.', "See Neo4j's log."],
    INTERNAL: ['Internal error.', REPORT_IT],
  }),
  ...rows('node', 'final', 'action required', {
    GRAPH_CONFLICT: [
      'A constraint of the database refused the data.',
      'Does another tool write the same labels?',
    ],
    NOT_REMOVED: [
      'A user or group that Okta has deleted could not be removed from the graph.',
      'Raise dbms.memory.transaction.total.max or the heap of Neo4j, or look for what else holds on to them: a FormerUser or FormerGroup of the same id.',
    ],
    KEPT_UNPROVEN: [
      'Users or groups are no longer listed, but Okta did not confirm that they were deleted.',
      "Often the token's role no longer reaches them: give its admin a role over all users and all groups. They are removed once Okta says that they are deleted.",
    ],
    MANAGER_UNRESOLVED: [
      "Users name a manager that is no user's Okta id, login, email or employee number.",
      "Fill in managerId in Okta with the manager's login, email, employee number or Okta id.",
    ],
    MANAGER_AMBIGUOUS: [
      'Users name a manager that could be one of several users.',
      'Name the manager by a login or an employee number that only one user has.',
    ],
    MALFORMED_USER: [
      'A user without a usable id or profile, or nested too deeply, was left out.',
      'Look the user up in the Okta console by its id, and report it with this warning.',
    ],
    MALFORMED_GROUP: [
      'A group without a usable id or profile, or nested too deeply, was left out.',
      'Look the group up in the Okta console by its id, and report it with this warning.',
    ],
    ROW_TOO_LARGE: [
      'A user or group does not fit into a transaction of Neo4j and was left out.',
      `${MORE_MEMORY} The next full run takes it in.`,
    ],
  }),
  ...rows('node', 'retried', 'action required', {
    GRAPH_OUT_OF_MEMORY: ['Neo4j has too little memory for a transaction.', MORE_MEMORY],
  }),
  ...rows('everything', 'final', 'will retry', {
    DEADLINE_REACHED: [
      'The run was not done by SYNC_RUN_DEADLINE; the next one goes on where it stopped.',
      'To finish in one run, raise SYNC_RUN_DEADLINE or OKTA_MAX_API_CAPACITY, or ask Okta for a higher limit.',
    ],
    CANCELLED: ['The run was cancelled; the next one goes on where it stopped.'],
    ABANDONED: ['Its workflow was terminated, or timed out, before it could report.'],
  }),
  ...rows('everything', 'final', 'informational', {
    RUN_ENDED: ['Something arrived after the report of its run, and was not written.'],
  }),
  ...rows('group', 'final', 'will retry', {
    GROUP_FAILED: [
      'The members of a group could not be read; its memberships were kept.',
      "Such a group keeps the members of its last complete read and will come first in the next run. If it fails again, see the worker's log.",
    ],
    GROUPS_LEFT: [
      'The members of some groups were not read; the next run goes on with them.',
      "If groups are left each time, raise SYNC_RUN_DEADLINE or OKTA_MAX_API_CAPACITY, and check the token's role.",
    ],
    MEMBERS_WITHOUT_USER: [
      'Members of a group had no user in the graph; the next run reads the group again.',
    ],
  }),
  ...rows('group', 'final', 'action required', {
    MEMBERS_MISSING: [
      'Okta counts more members of a group than it lists to this token, so none was removed.',
      "Give the token's admin a role over all users. If it has one, look for a proxy that cuts lists.",
    ],
  }),
  ...rows('kind', 'final', 'action required', {
    REMOVALS_WITHHELD: [
      'More removals than the limit allows: none of that kind was made.',
      'Look in Okta first. If it is right: npm run client -- run --mode full --allow-deletes --wait',
      'Look in Okta first. If it is right, approve the removals on the page of the latest run.',
    ],
    SCOPE_SHRANK: [
      'Okta no longer shows users or members but still counts them; none was removed.',
      "Compare the role and the resource set of the token's admin with those of before. If the users are really deleted, wait for Okta's counts, or: npm run client -- run --mode full --allow-deletes --wait",
      "Compare the role and the resource set of the token's admin with those of before. If the users are really deleted, approve the removals on the page of the latest run.",
    ],
    EMPTY_USER_LIST: [
      'Okta answered with no users at all, so none was removed.',
      "A token whose admin role reaches no user reads an empty org. Check the role and its resource set, and give the token's admin a role over all users.",
    ],
    EMPTY_GROUP_LIST: [
      'Okta answered with no groups at all, so none was removed.',
      "Every org has the group Everyone. Give the token's admin a role over all groups.",
    ],
  }),
  ...rows('node', 'final', 'informational', {
    MISSING_EMAIL: [
      'Users have no email in Okta; they are in the graph by their id.',
      'Fill in the primary email in Okta, or in the directory that Okta takes it from.',
    ],
    DUPLICATE_EMAIL: [
      'Several users share one email; they stay separate nodes.',
      'If they are one person, delete the unused account in Okta.',
    ],
  }),
};

export type Code = keyof typeof TABLE;

/** Codes of failures that Okta, or the way to it, causes. */
export type OktaErrorCode = Extract<Code, `OKTA_${string}`>;

export const CODES: Readonly<Record<Code, CodeRow>> = TABLE;

/** What becomes of a code; of one that only another version knows, somebody has to look at it. */
export function becomesOf(code: string): Becomes {
  return rowOf(code)?.becomes ?? 'action required';
}

/** The row of a code that may be of another version, and then has none here. */
export function rowOf(code: string): CodeRow | undefined {
  return Object.hasOwn(CODES, code) ? CODES[code as Code] : undefined;
}
