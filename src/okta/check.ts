import type { OrgConfig } from '../orgs/org';
import type { Config } from '../config';
import { CODES, type OktaErrorCode } from '../codes';
import { waitText, type AccessKind, type OktaWait } from '../contract';
import { noUsage, type CallContext } from './callContext';
import { KIND_REJECTED, OktaError } from './errors';
import { isOktaId } from '../text/json';
import { OktaApi, type OktaOrg, type Page } from './org';
import { publicLookup } from './publicAddress';

/** The result of one test request. */
export interface CheckedRead {
  what: string;
  ok: boolean;
  detail: string;
  /** What to do about it; on a line that is OK, it makes it a warning: a sync goes on without that read. */
  advice?: string;
  /** The error code if it failed. */
  code?: OktaErrorCode;
  /** The org that answered; only on the line that reports it. */
  organization?: { domain: string; id: string };
}

export interface CheckOptions {
  /** Rejects an org whose name resolves to a non-public address. */
  onlyPublic?: boolean;
  /** Timeout for all requests to one org, milliseconds; 30,000 by default. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/**
 * Tests, for every configured org, each read that a sync needs, and reports a missing scope or role; for a kind in
 * `SYNC_ACCESS`, as a warning. Never throws for an error response of Okta.
 */
export async function checkOkta({ okta }: Config, options: CheckOptions = {}): Promise<CheckedRead[]> {
  return (await Promise.all(okta.orgs.map((org) => checkOrg(org, okta, options)))).flat();
}

async function checkOrg(
  config: OrgConfig,
  limits: Config['okta'],
  { onlyPublic = false, timeoutMs = TIMEOUT_MS }: CheckOptions,
): Promise<CheckedRead[]> {
  const { credentials } = config;
  const lookup = onlyPublic ? publicLookup(new URL(config.origin).hostname) : undefined;
  const org = new OktaApi(config, limits, () => credentials, lookup);
  const signal = AbortSignal.timeout(timeoutMs);
  const tried = (what: string, read: Read) => triedWithin(timeoutMs, signal, what, read);
  const found = `Okta ${org.domain}`;
  const reads: [what: string, read: Read][] = [
    ['Okta users', async (context) => listed('users', await org.users(undefined, context))],
    ['Okta groups', async (context) => listed('groups', await org.groups(undefined, context))],
    ['Okta members', (context) => firstMembers(org, context)],
  ];
  try {
    const as = credentials.kind === 'token' ? 'with an API token' : `as service app ${credentials.clientId}`;
    let id = '';
    const first = await tried(found, async (context) => {
      id = await org.organizationId(context);
      return `org ${id}, ${as}`;
    });
    if (!first.ok) return [first];
    const lines: CheckedRead[] = [{ ...first, organization: { domain: org.domain, id } }];
    // In parallel: a rejection is retried before it is accepted, which takes time.
    const readingKinds = [
      ...kindsToRead(org, limits.access ?? []),
      ...(limits.readsLog ? [logToRead(org)] : []),
    ].map(async ([kind, what, read]) => [kind, await tried(what, read)] as const);
    for (const line of await Promise.all(reads.map(([what, read]) => tried(what, read))))
      lines.push(withoutRepetition(line, lines));
    for (const [kind, line] of await Promise.all(readingKinds))
      lines.push(withoutRepetition(isRejectedAlone(line, lines) ? asWarning(kind, line) : line, lines));
    return lines;
  } finally {
    org.close();
  }
}

/** One read of what a sync goes on without. */
type KindRead = readonly [kind: AccessKind | 'log', what: string, read: Read];

/** Events of the last minutes are enough to see that the log may be read. */
const LOG_MS = 5 * 60_000;

function logToRead(org: OktaOrg): KindRead {
  const read = async (context: CallContext) => {
    const { items } = await org.log(undefined, Date.now() - LOG_MS, context);
    return `can read the System Log (${items.length} events in the last five minutes)`;
  };
  return ['log', 'Okta System Log', read];
}

/** Returns one read of each kind. */
function kindsToRead(org: OktaOrg, kinds: readonly AccessKind[]): readonly KindRead[] {
  const lists: Readonly<Record<AccessKind, (context: CallContext) => Promise<Page>>> = {
    rules: (context) => org.rules(undefined, context),
    apps: (context) => org.apps(undefined, context),
    roles: (context) => org.admins(undefined, context),
  };
  return kinds.map((kind) => {
    const { what, items } = NAMES[kind];
    return [
      kind,
      what,
      async (context) => `can read ${items} (${countOn(await lists[kind](context))})`,
    ] as const;
  });
}

const NAMES: Readonly<Record<AccessKind, { what: string; items: string }>> = {
  rules: { what: 'Okta group rules', items: 'group rules' },
  apps: { what: 'Okta apps', items: 'apps' },
  roles: { what: 'Okta admin roles', items: 'users with admin roles' },
};

/** Returns true if Okta rejected this read, and not the other reads for the same reason. */
function isRejectedAlone({ ok, code, detail }: CheckedRead, others: readonly CheckedRead[]): boolean {
  const isShared = others.some((other) => !other.ok && other.detail === detail);
  return !ok && code !== undefined && KIND_REJECTED.has(code) && !isShared;
}

/** Returns a warning that names what to grant. */
function asWarning(kind: AccessKind | 'log', { what, detail, code, advice }: CheckedRead): CheckedRead {
  const why = code === 'OKTA_FORBIDDEN' ? advice : 'The org may not have this feature.';
  if (kind === 'log')
    return {
      what,
      ok: true,
      detail: `${detail} Syncs continue on schedule, and the log is not watched.`,
      advice: `${why} Otherwise, set WATCH_INTERVAL to off.`,
    };
  return {
    what,
    ok: true,
    detail: `${detail} A sync continues without ${kind}.`,
    advice: `${why} Otherwise, take ${kind} out of SYNC_ACCESS.`,
  };
}

/** Several reads often fail for the same reason; the error and the advice are given once. */
function withoutRepetition({ advice, ...line }: CheckedRead, before: readonly CheckedRead[]): CheckedRead {
  if (advice === undefined) return line;
  const same = before.find((each) => each.advice === advice);
  if (!same) return { ...line, advice };
  return same.detail === line.detail ? { ...line, detail: `same error as '${same.what}'` } : line;
}

/** Reads something from an org and describes what it found. */
type Read = (context: CallContext) => Promise<string>;

async function firstMembers(org: OktaOrg, context: CallContext): Promise<string> {
  const { items } = await org.groups(undefined, context);
  const id = items.map((item) => item.id).find(isOktaId);
  if (id === undefined) return 'no group to read the members of';
  return listed('members', await org.members(id, undefined, context));
}

function listed(what: string, page: Page): string {
  return `can read ${what} (${countOn(page)})${page.items.length === 0 ? '; the admin role may cover none' : ''}`;
}

function countOn({ items, next }: Page): string {
  return `${next === undefined ? '' : 'at least '}${items.length}`;
}

async function triedWithin(
  timeoutMs: number,
  signal: AbortSignal,
  what: string,
  read: Read,
): Promise<CheckedRead> {
  let wait: OktaWait | undefined;
  const waits = (begun: OktaWait) => void (wait = begun);
  try {
    return { what, ok: true, detail: await read({ signal, beat: () => undefined, usage: noUsage(), waits }) };
  } catch (error) {
    if (error === signal.reason) {
      const detail = wait
        ? `After ${timeoutMs / 1000} s still ${waitText(wait)}.`
        : `Okta did not respond within ${timeoutMs / 1000} s.`;
      const advice = wait
        ? 'Try again after that time. To see what uses the limit, open Reports > Rate Limits in Okta.'
        : CODES.OKTA_TIMEOUT.advice;
      return { what, ok: false, detail, ...(advice !== undefined && { advice }), code: 'OKTA_TIMEOUT' };
    }
    if (!(error instanceof OktaError)) throw error;
    const { code, fact, advice } = error;
    return { what, ok: false, detail: fact, ...(advice !== undefined && { advice }), code };
  }
}
