import type { AccessPageKind } from '../../graph/read/access';
import type { Given } from '../../queries/parameters';

/** Paths of the console's pages. */

const encoded = encodeURIComponent;

export const integrationPath = (domain: string): string => `/integrations/${encoded(domain)}`;

export const runsPath = (domain: string): string => `${integrationPath(domain)}/runs`;

export const runPath = (domain: string, runId: string): string => `${runsPath(domain)}/${encoded(runId)}`;

/** Returns the path of the last step of adding an org. */
export const addedPath = (domain: string, runId: string): string =>
  `${integrationPath(domain)}/added/${encoded(runId)}`;

/** Returns the path of the users or groups of an org, with `query` if it has something. */
export function listPath(
  domain: string,
  label: 'User' | 'Group',
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter((each): each is [string, string] => each[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return `${integrationPath(domain)}/${label === 'User' ? 'users' : 'groups'}${text === '' ? '' : `?${text}`}`;
}

export const nodePath = (domain: string, label: 'User' | 'Group', id: string): string =>
  `${listPath(domain, label)}/${encoded(id)}`;

/** Returns the path of the apps, admin roles or group rules of an org, or of one of them. */
export const accessPath = (domain: string, kind: AccessPageKind, id?: string): string =>
  `${integrationPath(domain)}/${kind}${id === undefined ? '' : `/${encoded(id)}`}`;

/** Returns the page of something that the graph has. */
export const pagePath = (domain: string, kind: 'User' | 'Group' | AccessPageKind, id: string): string =>
  kind === 'User' || kind === 'Group' ? nodePath(domain, kind, id) : accessPath(domain, kind, id);

/** Returns the path of what changed, or of its CSV, with the query string of a filter. */
export function changesPath(
  domain: string,
  query: Readonly<Record<string, string>> = {},
  page: 'changes' | 'changes.csv' = 'changes',
): string {
  const text = new URLSearchParams(query).toString();
  return `${integrationPath(domain)}/${page}${text === '' ? '' : `?${text}`}`;
}

export const questionsPath = (domain: string): string => `${integrationPath(domain)}/questions`;

/** An answer in another format. */
export type AnswerPart = 'answer.csv' | 'answer.json' | 'picture.svg';

/** Returns the path of a question with parameters, or with `part` of its answer in another format. */
export function questionPath(domain: string, id: string, part?: AnswerPart, given: Given = {}): string {
  const query = new URLSearchParams(
    Object.entries(given).flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  ).toString();
  return `${questionsPath(domain)}/${encoded(id)}${part === undefined ? '' : `/${part}`}${query === '' ? '' : `?${query}`}`;
}

/** Returns the URL of a run in the Temporal UI. */
export const temporalPath = (ui: string, namespace: string, workflowId: string, runId: string): string =>
  `${ui}/namespaces/${encoded(namespace)}/workflows/${encoded(workflowId)}/${encoded(runId)}/history`;

/** The path of all orgs. */
export const SOURCES_PATH = '/sources';

export const searchPath = (text: string): string => `/explore?q=${encoded(text)}`;

/** The path of the API tokens. */
export const TOKENS_PATH = '/tokens';

export const tokenPath = (id: string): string => `${TOKENS_PATH}/${encoded(id)}`;
