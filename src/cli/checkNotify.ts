import type { Config } from '../config';
import { selects } from '../config/dataRules';
import type { GraphDatabase } from '../graph/database';
import { groupNames } from '../graph/read/groupNames';
import { countOf, formatCount } from '../text/counts';
import type { CheckLine } from './checkLine';

/** Returns a line about the notifications of runs, if they are sent. Of the URL, it shows the host. */
export function notifyLines({ notify, sync }: Config): Pick<CheckLine, 'what' | 'detail'>[] {
  if (!notify) return [];
  const { host, format, secret, withNames, about } = notify;
  const isBlind = about.includes('admins') && !sync.access.includes('roles');
  const parts = [
    `${host} is sent ${format === 'slack' ? "messages in Slack's format" : 'JSON'}, ${secret ? 'signed' : 'not signed'}`,
    withNames
      ? 'with the names and emails of people and the names of groups'
      : 'with Okta IDs and counts, no names',
    `about ${about.join(', ')}`,
    ...(isBlind ? ['SYNC_ACCESS has no roles, so nothing of admins is known'] : []),
  ];
  return [{ what: 'NOTIFY_URL', detail: parts.join('; ') }];
}

/** Returns a line for each org if `NOTIFY_GROUPS` is set: how many of the groups in its graph it selects. */
export async function namedGroupLines(db: GraphDatabase, { okta, notify }: Config): Promise<CheckLine[]> {
  const patterns = notify?.groups;
  if (!patterns) return [];
  return Promise.all(
    okta.orgs.map(async ({ domain }): Promise<CheckLine> => {
      const what = `NOTIFY_GROUPS ${domain}`;
      const groups = await groupNames(db, domain);
      if (groups.length === 0) return { what, ok: true, detail: 'the graph has no groups yet' };
      const selected = groups.filter(({ name = '' }) => selects(patterns, name)).length;
      const detail = `changes of ${formatCount(selected)} of ${countOf(groups.length, 'group')} are listed`;
      const advice = 'Check the patterns: no name of a group matches them.';
      return { what, ok: true, detail, ...(selected === 0 && { advice }) };
    }),
  );
}
