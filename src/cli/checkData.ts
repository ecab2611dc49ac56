import type { Config } from '../config';
import { readsMembers, type DataRules } from '../config/dataRules';
import type { GraphDatabase } from '../graph/database';
import { groupNames } from '../graph/read/groupNames';
import { sampleProfiles, type ProfileSample } from '../graph/read/profileAttributes';
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
      if (groups.every((group) => !readsMembers(sync.data, group) || group.type === 'BUILT_IN'))
        return {
          ...{ what, ok: true, detail: `${detail}, only those that are built in` },
          advice: 'Check the patterns: no name of a group matches them.',
        };
      const admins = groups.filter((group) => group.isAdmin && !readsMembers(sync.data, group)).length;
      if (admins === 0) return { what, ok: true, detail };
      return {
        what,
        ok: true,
        detail: `${detail}; left out: ${countOf(admins, 'group')} with an admin role`,
        advice:
          'Who has a role through them is not known, and who joins them is not noticed. Select them too.',
      };
    }),
  );
}

const LABELS = ['User', 'Group'] as const;

/**
 * Returns a line for each named attribute that seems to be misspelled. An omitted one that is spelled right is no longer
 * in the graph, so it is only compared with those that are spelled almost the same.
 */
export async function attributeLines(db: GraphDatabase, { okta, sync }: Config): Promise<CheckLine[]> {
  const { promoted, omitted } = sync.data;
  const wanted = LABELS.filter((label) => promoted[label].length + omitted.length > 0);
  const lines = await Promise.all(
    okta.orgs.flatMap(({ domain }) =>
      wanted.map(async (label) => {
        const sample = await sampleProfiles(db, domain, label);
        if (sample.size === 0) return [];
        const nouns = `${label.toLowerCase()}s`;
        return [
          ...promoted[label].flatMap(({ attribute }) =>
            promotedLine({ what: `${label.toUpperCase()}_PROPERTIES ${domain}`, nouns, attribute, sample }),
          ),
          ...omitted.flatMap((attribute) =>
            omittedLine({ what: `OMIT_ATTRIBUTES ${domain}`, nouns, attribute, sample }),
          ),
        ];
      }),
    ),
  );
  return lines.flat();
}

interface Named {
  what: string;
  /** `users` or `groups`. */
  nouns: string;
  attribute: string;
  sample: ProfileSample;
}

const SPELLING = 'Upper and lower case make a difference.';

function promotedLine({ what, nouns, attribute, sample }: Named): CheckLine[] {
  const { size, isPart, attributes } = sample;
  if (attributes.has(attribute)) return [];
  const similar = similarTo(attribute, attributes);
  const of = isPart ? `of ${formatCount(size)} ${nouns}, a sample,` : `of the ${nouns} in the graph`;
  const detail = `none ${of} has the attribute ${attribute}`;
  return similar === undefined
    ? [{ what, ok: true, detail, advice: `Check the name in Okta's Profile Editor. ${SPELLING}` }]
    : [
        {
          what,
          ok: true,
          detail: `${detail}; some have ${similar}`,
          advice: `Write ${similar}. ${SPELLING}`,
        },
      ];
}

function omittedLine({ what, nouns, attribute, sample: { attributes } }: Named): CheckLine[] {
  const similar = attributes.has(attribute) ? undefined : similarTo(attribute, attributes);
  if (similar === undefined) return [];
  const detail = `${nouns} in the graph have the attribute ${similar}, which ${attribute} does not leave out`;
  return [{ what, ok: true, detail, advice: `Write ${similar}. ${SPELLING}` }];
}

/** Returns an attribute that differs only in case, `_` and `-`. */
function similarTo(attribute: string, attributes: ReadonlySet<string>): string | undefined {
  const plain = (name: string) => name.replaceAll(/[_-]/g, '').toLowerCase();
  return [...attributes].find((each) => each !== attribute && plain(each) === plain(attribute));
}
