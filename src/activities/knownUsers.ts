/** Maximum number of ids, about 20 MB; beyond it the graph is queried again. */
const MAX_IDS = 250_000;

const byDomain = new Map<string, Set<string>>();

/**
 * Ids of users that were in the graph when it was last written or queried: avoids a query for every member of every
 * group. It can be out of date, so the writer checks what it adds and clears an org's ids if a node was missing.
 */
export function knownUsers(domain: string): Set<string> {
  let ids = byDomain.get(domain);
  if (!ids || ids.size > MAX_IDS) byDomain.set(domain, (ids = new Set()));
  return ids;
}

export function forgetKnownUsers(domain: string): void {
  byDomain.delete(domain);
}
