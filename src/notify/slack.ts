import { countOf, formatCount } from '../text/counts';
import { printable } from '../text/printable';
import {
  isShortfall,
  type Notice,
  type NoticeAdmin,
  type NoticeData,
  type NoticeFault,
  type NoticeGroup,
  type NoticePerson,
} from './notice';

/** A message of an incoming webhook. `text` is what notifications of devices show. */
export interface SlackMessage {
  text: string;
  blocks: { type: 'section'; text: { type: 'mrkdwn'; text: string; verbatim: true } }[];
}

/** Slack's limit of a section, in characters. A message can have 50, which as many lines as a notice has at most fit into. */
const MAX_SECTION = 3_000;
const MAX_LINE = 900;

/** Number of people that a line names. */
const MAX_NAMED = 5;

/** Returns a notification as a message of Slack; see https://api.slack.com/messaging/webhooks. */
export function slackMessage(notice: Notice): SlackMessage {
  const { data } = notice;
  const { warnings = [] } = data;
  const title = titleOf(notice);
  const paragraphs = [
    [`*${title}*`, ...(data.counts ? [countsLine(data.counts)] : [])],
    [...(data.failure ? [data.failure] : []), ...warnings.filter(isShortfall)].map(faultLine),
    [...(data.admins ?? []).map(adminLine), ...moreLine(data.moreAdmins, 'admin role')],
    [...(data.groups ?? []).map(groupLine), ...moreLine(data.moreGroups, 'group')],
    [
      ...warnings.filter((warning) => !isShortfall(warning)).map(faultLine),
      ...(data.knownWarnings ? [`• and ${countOf(data.knownWarnings, 'warning')} of the run before`] : []),
    ],
    data.run?.url === undefined ? [] : [`<${data.run.url}|Open it in the console>`],
  ];
  return { text: title, blocks: paragraphs.flatMap(sections) };
}

function titleOf({ type, data: { org = 'Okta', run, withheld = 0 } }: Notice): string {
  if (type === 'test' || !run) return 'okta-graph: this is a test. Notifications arrive here.';
  if (type === 'run.failed') return `${escaped(org)}: a run failed, and has no report`;
  const what = `${escaped(org)}: run #${run.number}, ${run.mode}, ${run.outcome}`;
  return withheld === 0 ? what : `${what}, ${countOf(withheld, 'removal')} withheld`;
}

function countsLine(counts: NonNullable<NoticeData['counts']>): string {
  const signs = { created: '+', added: '+', updated: '~', deleted: '-', removed: '-' } as const;
  const parts = Object.entries(counts).flatMap(([kind, each]) => {
    const changes = Object.entries(each)
      .filter(([, count]) => count > 0)
      .map(([change, count]) => `${signs[change as keyof typeof signs]}${formatCount(count as number)}`);
    return changes.length === 0 ? [] : [`${kind} ${changes.join(' ')}`];
  });
  return parts.length === 0 ? 'Nothing was changed.' : parts.join(' · ');
}

function groupLine(group: NoticeGroup): string {
  const { admin, created, deleted } = group;
  const changes = (['added', 'removed'] as const).flatMap((change) => {
    const { count, users } = group[change];
    if (count === 0) return [];
    const more = count - Math.min(users.length, MAX_NAMED);
    const named = users.slice(0, MAX_NAMED).map(personText).join(', ');
    return [`${formatCount(count)} ${change}: ${named}${more === 0 ? '' : ` and ${formatCount(more)} more`}`];
  });
  const states = [...(created ? ['created'] : []), ...(deleted ? ['deleted'] : []), ...changes];
  return `• Group ${labelOf(group)}${admin ? ', which has an admin role' : ''}: ${states.join('; ')}`;
}

function adminLine({ change, role, user, group }: NoticeAdmin): string {
  const who = user ? personText(user) : group ? `group ${labelOf(group)}` : 'someone';
  const what = escaped(role.label ?? role.id);
  return `• Admin role ${what} ${change === 'granted' ? 'granted to' : 'revoked from'} ${who}`;
}

function faultLine({ code, message, advice, count }: NoticeFault): string {
  const more = count > 1 ? ` (and ${formatCount(count - 1)} more)` : '';
  return `• ${escaped(code)}: ${escaped(message)}${more}${advice === undefined ? '' : ` ${escaped(advice)}`}`;
}

function moreLine(more: number | undefined, noun: string): string[] {
  return more ? [`• and ${countOf(more, `more ${noun}`)}`] : [];
}

function personText({ id, name, email }: NoticePerson): string {
  if (name === undefined) return escaped(email ?? id);
  return escaped(email === undefined ? name : `${name} (${email})`);
}

function labelOf({ id, name }: { id: string; name?: string }): string {
  return escaped(name ?? id);
}

/** Slack's three special characters; with `verbatim`, it makes no links and mentions of anything else. */
function escaped(text: string): string {
  return printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Returns sections of whole lines, none longer than Slack allows; a line that is longer is cut. */
function sections(lines: readonly string[]): SlackMessage['blocks'] {
  const texts: string[] = [];
  for (const line of lines.map((each) => (each.length <= MAX_LINE ? each : cutLine(each)))) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= MAX_SECTION)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }));
}

/** Cuts a line before an escape rather than within it. */
function cutLine(line: string): string {
  return `${line
    .slice(0, MAX_LINE - 1)
    .replace(/&[a-z]*$/, '')
    .toWellFormed()}…`;
}
