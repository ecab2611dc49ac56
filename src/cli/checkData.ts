import type { Config } from '../config';
import { readsMembers, type DataRules } from '../config/dataRules';
import type { GraphDatabase } from '../graph/database';
import { groupNames } from '../graph/read/groupNames';
import { countOf, formatCount } from '../text/counts';
import type { CheckLine } from './checkLine';

/** Returns a line for each variable that is set about what is kept of profiles. */
export function dataLines({ promoted, omitted }: DataRules): Pick<CheckLine, 'what' | 'detail'>[] {
  const properties = (['User', 'Group'] as const).flatMap((label) => {
    const named = promoted[label].map(({ attribute, property }) =>
      attribute === property ? property : `${property} (of ${attribute})`,
    );
    const detail = `${label.toLowerCase()}s also have these properties: ${named.join(', ')}`;
    return named.length === 0 ? [] : [{ what: `${label.toUpperCase()}_PROPERTIES`, detail }];
  });
  return omitted.length === 0
    ? properties
    : [...properties, { what: 'OMIT_ATTRIBUTES', detail: `never stored: ${omitted.join(', ')}` }];
}

/** Returns a line for each org if `SYNC_MEMBERS_OF` is set: how many of the groups in its graph it selects. */
export async function selectionLines(db: GraphDatabase, { okta, sync }: Config): Promise<CheckLine[]> {
  if (!sync.data.membersOf) return [];
  return Promise.all(
    okta.orgs.map(async ({ domain }): Promise<CheckLine> => {
      const groups = await groupNames(db, domain);
      const selected = groups.filter((group) => readsMembers(sync.data, group)).length;
      const what = `SYNC_MEMBERS_OF ${domain}`;
      if (groups.length === 0) return { what, ok: true, detail: 'the graph has no groups yet' };
      const detail = `members of ${formatCount(selected)} of ${countOf(groups.length, 'group')} are read`;
      const isAlone = groups.every((group) => !readsMembers(sync.data, group) || group.type === 'BUILT_IN');
      return {
        what,
        ok: true,
        detail: isAlone ? `${detail}, only those that are built in` : detail,
        ...(isAlone && { advice: 'Check the patterns: no name of a group matches them.' }),
      };
    }),
  );
}
