/** About 20 MB; beyond it the graph is asked again. */
const MAX_IDS = 250_000;

const byDomain = new Map<string, Set<string>>();

/**
 * Ids that the graph had a user for when it was last written or asked: saves asking for every member of every group.
 * It may be out of date, so the writer checks what it adds and forgets an org when a node was missing.
 */
export function knownUsers(domain: string): Set<string> {
  let ids = byDomain.get(domain);
  if (!ids || ids.size > MAX_IDS) byDomain.set(domain, (ids = new Set()));
  return ids;
}

export function forgetKnownUsers(domain: string): void {
  byDomain.delete(domain);
}
