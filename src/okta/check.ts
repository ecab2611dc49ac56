import type { Config, OrgConfig } from '../config';
import { noUsage } from './callContext';
import { OktaError } from './errors';
import { readGroup } from './group';
import { OktaApi, type OktaOrg } from './org';

/** One thing that was tried. */
export interface CheckedRead {
  what: string;
  ok: boolean;
  detail: string;
  mend?: string;
}

/**
 * Tries, for every configured org, each of the reads that a sync needs, and tells the scope or role that is missing.
 * Never throws for what Okta answers.
 */
export async function checkOkta({ okta }: Config): Promise<CheckedRead[]> {
  return (await Promise.all(okta.orgs.map((org) => checkOrg(org, okta)))).flat();
}

async function checkOrg(config: OrgConfig, limits: Config['okta']): Promise<CheckedRead[]> {
  const { credentials } = config;
  const org = new OktaApi(config, limits, () => credentials);
  const context = { signal: AbortSignal.timeout(60_000), beat: () => undefined, usage: noUsage() };
  const found = `Okta ${org.domain}`;
  const reads: [what: string, read: () => Promise<string>][] = [
    ['Okta users', async () => listed('user', await org.users(undefined, context))],
    ['Okta groups', async () => listed('group', await org.groups(undefined, context))],
    ['Okta members', () => firstMembers(org, context)],
  ];
  try {
    const as = credentials.kind === 'token' ? 'with an API token' : `as service app ${credentials.clientId}`;
    const lines = [await tried(found, async () => `org ${await org.organizationId(context)}, ${as}`)];
    if (!lines[0]?.ok) return lines;
    // Side by side: a refusal is asked again before it is believed, which takes its time.
    for (const line of await Promise.all(reads.map(([what, read]) => tried(what, read))))
      lines.push(withoutRepetition(line, lines));
    return lines;
  } finally {
    org.close();
  }
}

/** One cause often fails several reads; what to do about it is said once. */
function withoutRepetition({ mend, ...line }: CheckedRead, before: readonly CheckedRead[]): CheckedRead {
  if (mend === undefined) return line;
  const same = before.find((each) => each.mend === mend);
  if (!same) return { ...line, mend };
  return same.detail === line.detail ? { ...line, detail: `as ${same.what}` } : line;
}

async function firstMembers(org: OktaOrg, context: Parameters<OktaOrg['groups']>[1]): Promise<string> {
  const { items } = await org.groups(undefined, context);
  const group = items.map((item) => readGroup(item.value)).find((read) => !('malformed' in read));
  if (!group || 'malformed' in group) return 'no group to read the members of';
  return listed('member', await org.members(group.id, undefined, context));
}

function listed(what: string, page: { items: readonly unknown[]; next?: string }): string {
  const count = `${page.items.length}${page.next === undefined ? '' : ' or more'}`;
  const empty = page.items.length === 0 ? '; the admin role of the token may reach none' : '';
  return `reads ${count} ${what}${page.items.length === 1 ? '' : 's'}${empty}`;
}

async function tried(what: string, read: () => Promise<string>): Promise<CheckedRead> {
  try {
    return { what, ok: true, detail: await read() };
  } catch (error) {
    if (!(error instanceof OktaError)) throw error;
    const [detail = '', ...advice] = error.message.split(/(?<=\.) /);
    return { what, ok: false, detail, ...(advice.length > 0 ? { mend: advice.join(' ') } : {}) };
  }
}
