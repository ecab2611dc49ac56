import { randomUUID } from 'node:crypto';

/** Simulated orgs of one seed share their id, which the graph would rightly take for one org under two domains. */
export function newOrganizationId(): string {
  return `00o${randomUUID().replaceAll('-', '').slice(0, 17)}`;
}
