/** The paths of the console's pages, each built in one place. */

const encoded = encodeURIComponent;

export const integrationPath = (domain: string): string => `/integrations/${encoded(domain)}`;

export const runPath = (domain: string, runId: string): string =>
  `${integrationPath(domain)}/runs/${encoded(runId)}`;

export const listPath = (domain: string, label: 'User' | 'Group', kind?: string): string =>
  `${integrationPath(domain)}/${label === 'User' ? 'users' : 'groups'}${kind === undefined ? '' : `?kind=${encoded(kind)}`}`;

export const nodePath = (domain: string, label: 'User' | 'Group', id: string): string =>
  `${listPath(domain, label)}/${encoded(id)}`;

/** A run in the Temporal UI. */
export const temporalPath = (ui: string, namespace: string, workflowId: string, runId: string): string =>
  `${ui}/namespaces/${encoded(namespace)}/workflows/${encoded(workflowId)}/${encoded(runId)}/history`;
