import { everNode } from './asOf';
import type { GraphDatabase } from '../database';
import { integer } from '../values';
import { FOUND, type Found } from './explore';

/** Cypher: the name of a node in a list, and what the list can be limited to. */
const LISTED = { User: ['n.display_name', 'n.status'], Group: ['n.name', 'n.type'] } as const;

export interface ListRequest {
  label: 'User' | 'Group';
  /** A user's status, a group's type; all if absent. */
  kind?: string;
  /** Default: name. Users of all statuses can be sorted by status, then by name. */
  sort?: 'name' | 'status';
  isDescending?: boolean;
  /** Id of the node that the page starts after. */
  after?: string;
  /** Its name; without it, the name is read, so the node must still be in the graph. */
  afterName?: string;
  /** Id of the node that the page ends before, instead of `after`. */
  before?: string;
  atMost: number;
}

/** A page of a list. */
export interface NodeList {
  items: Found[];
  hasMore: boolean;
  hasPrevious: boolean;
}

/** Returns one page of an org's users or groups; `hasMore` is true if more follow. */
export async function list(db: GraphDatabase, domain: string, request: ListRequest): Promise<NodeList> {
  const { label, kind, sort = 'name', isDescending = false, after, afterName, before, atMost } = request;
  const [name, kindOf] = LISTED[label];
  const byStatus = sort === 'status' && label === 'User' && kind === undefined;
  const edge = before ?? after;
  const [last] =
    edge === undefined || afterName !== undefined
      ? []
      : await db.read<{ name: string; status: string }>(
          `${everNode(label, 'n', '$edge')} RETURN ${name} AS name, ${kindOf} AS status LIMIT 1`,
          { domain, edge },
        );
  const isFirst = edge === undefined || (afterName === undefined && !last);
  // A page before another is read backwards.
  const isBackwards = isDescending !== (before !== undefined);
  const from = isBackwards && !isFirst ? '<=' : '>=';
  const upTo = isBackwards ? '>=' : '<=';
  // The indexes return nodes in order without reading all of them, provided that values are passed as parameters, the order
  // starts like the index, and no condition is an OR, which would become a union of unordered seeks.
  const isNext = `NOT (${name} = $lastName AND n.id ${upTo} $edge)`;
  const ofName = `${name} ${from} $lastName AND ${isNext}`;
  // Users of the same status, then those of the statuses after it: together, the index would not skip to the name.
  const parts = !byStatus
    ? [ofName]
    : isFirst
      ? [`n.status >= '' AND ${name} IS NOT NULL`]
      : [
          `n.status = $lastStatus AND ${ofName}`,
          `n.status ${isBackwards ? '<' : '>'} $lastStatus AND ${name} IS NOT NULL`,
        ];
  const ofStatus = byStatus || (kind !== undefined && label === 'User') ? [kindOf] : [];
  const order = ['n.okta_domain', ...ofStatus, name, 'n.id'].map((each) =>
    isBackwards ? `${each} DESC` : each,
  );
  const items: Found[] = [];
  for (const part of parts)
    if (items.length <= atMost)
      items.push(
        ...(await db.read<Found>(
          `MATCH (n:${label} {okta_domain: $domain})
           ${byStatus ? `USING INDEX SEEK n:${label}(okta_domain, status, display_name)` : ''}
           WHERE ${part} ${kind === undefined ? '' : `AND ${kindOf} = $kind`}
           RETURN ${FOUND[label]} ORDER BY ${order.join(', ')} LIMIT $atMost`,
          {
            domain,
            lastName: afterName ?? last?.name ?? '',
            lastStatus: last?.status ?? '',
            edge: edge ?? '',
            kind: kind ?? null,
            atMost: integer(atMost + 1 - items.length),
          },
        )),
      );
  const hasBeyond = items.length > atMost;
  const shown = items.slice(0, atMost);
  return before === undefined
    ? { items: shown, hasMore: hasBeyond, hasPrevious: !isFirst }
    : { items: shown.reverse(), hasMore: !isFirst, hasPrevious: hasBeyond };
}

/** Returns how many users or groups {@link list} has on all pages. */
export async function listed(
  db: GraphDatabase,
  domain: string,
  { label, kind }: Pick<ListRequest, 'label' | 'kind'>,
): Promise<number> {
  const [name, kindOf] = LISTED[label];
  const [row] = await db.read<{ count: number }>(
    `MATCH (n:${label} {okta_domain: $domain})
     WHERE ${name} >= '' ${kind === undefined ? '' : `AND ${kindOf} = $kind`} RETURN count(n) AS count`,
    { domain, kind: kind ?? null },
  );
  return row?.count ?? 0;
}
