import neo4j, { type Node, type Relationship } from 'neo4j-driver';
import { DISABLED_STATUSES } from '../queries/cypher';

/** A user or group to draw. */
export interface DrawnNode {
  key: string;
  kind: 'user' | 'group';
  /** True for a deleted user or group, or a user that cannot sign in. */
  isFaint: boolean;
  name: string;
  /** A second line, such as a title. */
  detail: string | undefined;
}

export interface DrawnLink {
  from: string;
  to: string;
  kind: 'member' | 'was' | 'reports';
}

export interface Drawing {
  nodes: DrawnNode[];
  links: DrawnLink[];
}

/**
 * Returns the distinct nodes and relationships of the rows. A relationship is left out unless both its nodes are there.
 */
export function drawingOf(rows: readonly Readonly<Record<string, unknown>>[]): Drawing {
  const nodes = new Map<string, DrawnNode>();
  const links = new Map<string, DrawnLink>();
  for (const value of rows.flatMap((row) => Object.values(row))) {
    if (neo4j.isNode(value)) nodes.set(value.elementId, drawnNode(value));
    if (neo4j.isRelationship(value)) {
      const link = drawnLink(value);
      links.set(`${link.from} ${link.kind} ${link.to}`, link);
    }
  }
  return {
    nodes: [...nodes.values()],
    links: [...links.values()].filter(({ from, to }) => nodes.has(from) && nodes.has(to)),
  };
}

function drawnNode({ elementId, labels, properties }: Node): DrawnNode {
  const text = (name: string) => {
    const value: unknown = properties[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const isGroup = labels.includes('Group') || labels.includes('FormerGroup');
  const isFormer = labels.some((label) => label.startsWith('Former'));
  const status = text('status') ?? '';
  return {
    key: elementId,
    kind: isGroup ? 'group' : 'user',
    isFaint: isFormer || (!isGroup && DISABLED_STATUSES.includes(status)),
    name: text(isGroup ? 'name' : 'display_name') ?? text('id') ?? '',
    detail: isFormer
      ? 'deleted'
      : isGroup
        ? undefined
        : DISABLED_STATUSES.includes(status)
          ? status.toLowerCase()
          : text('title'),
  };
}

const KINDS: Readonly<Record<string, DrawnLink['kind']>> = {
  MEMBER_OF: 'member',
  WAS_MEMBER_OF: 'was',
  REPORTS_TO: 'reports',
};

function drawnLink({ startNodeElementId: from, endNodeElementId: to, type }: Relationship): DrawnLink {
  return { from, to, kind: KINDS[type] ?? 'member' };
}
