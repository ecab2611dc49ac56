import { isLoopback } from '../orgs/domain';
import type { Secret } from '../orgs/secret';
import type { GroupPatterns } from './dataRules';

/**
 * What a notification can be about. `changes`: anything that a run has changed. `groups`: the groups of `NOTIFY_GROUPS`,
 * and those with an admin role. `admins`: admin roles that were given or taken away. `withheld`: removals that wait for an
 * approval. `failures`: a run that did not succeed.
 */
export const NOTICE_REASONS = ['changes', 'groups', 'admins', 'withheld', 'failures'] as const;

export type NoticeReason = (typeof NOTICE_REASONS)[number];

export const NOTICE_FORMATS = ['json', 'slack'] as const;

export type NoticeFormat = (typeof NOTICE_FORMATS)[number];

/** Where the end of a run is announced, and what is said. */
export interface NotifySettings {
  /** A secret as a whole: whoever has the URL of a Slack webhook can post there. */
  readonly url: Secret;
  /** The part of the URL that may be shown. */
  readonly host: string;
  readonly format: NoticeFormat;
  /** The key that notifications are signed with; always there for the format `json`. */
  readonly secret?: Secret;
  /** Groups whose changes are listed, in addition to those with an admin role. */
  readonly groups?: GroupPatterns;
  /** True if notifications have the names of people and groups, and emails. */
  readonly withNames: boolean;
  /** A run is announced if one of these applies to it. */
  readonly about: readonly NoticeReason[];
  /** The URL of the console, for links. */
  readonly consoleOrigin?: string;
}

export const NOTIFY_URLS =
  'a URL with https, such as https://hooks.acme.com/okta-graph, or http on this machine';

/** Slack's hosts of incoming webhooks, that of GovSlack too. */
const SLACK_HOST = /^hooks\.slack(-gov)?\.com$/;

/** Returns the URL, or undefined if it is none that notifications may be sent to. */
export function parseNotifyUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  return isSafe && url.username + url.password + url.hash === '' ? url : undefined;
}

/** The form of a key by the Standard Webhooks specification, which also sets the limits of its length in bytes. */
const KEY = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

export const NOTIFY_SECRETS = `whsec_ and then ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} random bytes in base64; make one with: echo whsec_$(openssl rand -base64 32)`;

/** Returns the bytes of a key; undefined if it does not have that form. */
export function keyBytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(KEY.exec(text)?.[1] ?? '', 'base64');
  return bytes.length >= MIN_KEY_BYTES && bytes.length <= MAX_KEY_BYTES ? bytes : undefined;
}

/** The variables of notifications as they are parsed, with others that they depend on. */
export interface NotifyVariables {
  NOTIFY_URL?: Secret | undefined;
  NOTIFY_SECRET?: Secret | undefined;
  NOTIFY_FORMAT?: NoticeFormat | undefined;
  NOTIFY_GROUPS?: GroupPatterns | undefined;
  NOTIFY_NAMES: boolean;
  NOTIFY_ABOUT: readonly NoticeReason[];
  HISTORY_RETENTION: number;
  CONSOLE_ORIGIN: string | undefined;
}

/** Returns the settings; undefined if nothing is announced. Variables that contradict each other are reported. */
export function readNotify(
  env: NotifyVariables,
  report: (fault: string) => void,
): NotifySettings | undefined {
  const { NOTIFY_URL: url, NOTIFY_SECRET: secret, NOTIFY_GROUPS: groups, CONSOLE_ORIGIN: origin } = env;
  if (!url) return undefined;
  const { host } = new URL(url.reveal());
  const format = env.NOTIFY_FORMAT ?? (SLACK_HOST.test(host) ? 'slack' : 'json');
  if (format === 'json' && !secret)
    report(
      `NOTIFY_SECRET is required with NOTIFY_URL, so that the receiver can tell who has sent a notification: ${NOTIFY_SECRETS}`,
    );
  if (groups && env.HISTORY_RETENTION === 0)
    report(
      'NOTIFY_GROUPS needs history, which tells what a run has changed: set HISTORY_RETENTION to 1d or more',
    );
  return {
    url,
    host,
    format,
    ...(secret && { secret }),
    ...(groups && { groups }),
    withNames: env.NOTIFY_NAMES,
    about: env.NOTIFY_ABOUT,
    ...(isWebOrigin(origin) && { consoleOrigin: new URL(origin).origin }),
  };
}

/** The console checks its origin itself; a worker only makes links of it. */
function isWebOrigin(text: string | undefined): text is string {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Returns a warning if something is set that has no effect: the console and the command line may lack the secrets. */
export function notifyWarnings(env: Partial<Record<string, unknown>>): string[] {
  const names = ['NOTIFY_SECRET', 'NOTIFY_FORMAT', 'NOTIFY_GROUPS'].filter((name) => env[name] !== undefined);
  if (env['NOTIFY_URL'] !== undefined || names.length === 0) return [];
  return [
    `${names.join(' and ')} ${names.length === 1 ? 'has' : 'have'} no effect here: NOTIFY_URL is not set, so this process sends no notifications.`,
  ];
}
