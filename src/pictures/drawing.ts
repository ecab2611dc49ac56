import neo4j, { type Node, type Relationship } from 'neo4j-driver';
import { DISABLED_STATUSES } from '../queries/cypher';

/** A user, group, app, admin role or group rule to draw. */
export interface DrawnNode {
  key: string;
  kind: 'user' | 'group' | 'app' | 'role' | 'rule';
  /** True for what is deleted or not active, and for a user that cannot sign in. */
  isFaint: boolean;
  name: string;
  /** A second line, such as a title. */
  detail: string | undefined;
}

export interface DrawnLink {
  from: string;
  to: string;
  kind: 'member' | 'assigned' | 'adds' | 'was' | 'reports';
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

/** Kinds of node by label, current or former; any other is drawn as a user. */
const NODES: Readonly<Record<string, DrawnNode['kind']>> = {
  Group: 'group',
  FormerGroup: 'group',
  App: 'app',
  FormerApp: 'app',
  AdminRole: 'role',
  GroupRule: 'rule',
};

/** The property with the name of each kind of node. */
const NAMES: Readonly<Record<DrawnNode['kind'], string>> = {
  user: 'display_name',
  group: 'name',
  app: 'label',
  role: 'label',
  rule: 'name',
};

const INACTIVE: readonly string[] = [...DISABLED_STATUSES, 'INACTIVE', 'INVALID'];

function drawnNode({ elementId, labels, properties }: Node): DrawnNode {
  const text = (name: string) => {
    const value: unknown = properties[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const kind = labels.map((label) => NODES[label]).find((each) => each !== undefined) ?? 'user';
  const isFormer = labels.some((label) => label.startsWith('Former'));
  const status = text('status') ?? '';
  const isInactive = INACTIVE.includes(status);
  return {
    key: elementId,
    kind,
    isFaint: isFormer || isInactive,
    name: text(NAMES[kind]) ?? text('id') ?? '',
    detail: isFormer
      ? 'deleted'
      : isInactive
        ? status.toLowerCase()
        : kind === 'user'
          ? text('title')
          : undefined,
  };
}

const LINKS: Readonly<Record<string, DrawnLink['kind']>> = {
  MEMBER_OF: 'member',
  ASSIGNED_TO: 'assigned',
  HAS_ROLE: 'assigned',
  ADDS_TO: 'adds',
  WAS_MEMBER_OF: 'was',
  WAS_ASSIGNED_TO: 'was',
  HAD_ROLE: 'was',
  REPORTS_TO: 'reports',
};

function drawnLink({ startNodeElementId: from, endNodeElementId: to, type }: Relationship): DrawnLink {
  return { from, to, kind: LINKS[type] ?? 'member' };
}
