import { formatCount } from '../src/text/counts';

/**
 * Reckons, from Okta's published limits, what syncs of orgs of several sizes cost: calls, and minutes if nothing else
 * is slower. Prints a table in Markdown for docs/operations.md. Nothing of it is measured.
 */

const PEOPLE = [10_000, 50_000, 100_000, 300_000, 1_000_000];

/** People for each group. No group is empty, and only Everyone has more than 1,000 members. */
const PEOPLE_PER_GROUP = 10;

/** Calls a minute in a Workforce org (developer.okta.com, "Rate limits"), of which a sync uses three quarters. */
const USED = { users: 600 * 0.75, groups: 500 * 0.75 };

/** With a run every two hours and everything within a day, eleven runs share what is verified. */
const RUNS_A_DAY = 12;

const rows = PEOPLE.map((people) => {
  const groups = people / PEOPLE_PER_GROUP;
  const userPages = people / 200;
  const members = groups - 1 + people / 1_000;
  const inGroups = groups / 200 + members;
  const first = Math.max(userPages / USED.users, inGroups / USED.groups);
  const verified = members / (RUNS_A_DAY - 1);
  return [
    formatCount(people),
    formatCount(groups),
    formatCount(Math.ceil(userPages + inGroups)),
    minutes(first),
    formatCount(Math.ceil(verified + 2)),
    minutes(verified / USED.groups),
    formatCount(Math.ceil(verified + userPages + groups / 200)),
    minutes(Math.max(userPages / USED.users, (verified + groups / 200) / USED.groups)),
  ];
});

function minutes(count: number): string {
  return count < 90 ? `${Math.ceil(count)} min` : `${(count / 60).toFixed(1)} h`;
}

const HEAD = [
  'people',
  'groups',
  'calls of the first run',
  'time',
  'calls of a run later, nothing changed',
  'time',
  'of the one that lists all',
  'time',
];

for (const cells of [HEAD, HEAD.map(() => '---:'), ...rows]) console.log(`| ${cells.join(' | ')} |`);
