import neo4j, { type Node, type Relationship } from 'neo4j-driver';
import { DISABLED_STATUSES } from '../queries/cypher';

/** What a picture can show, by the label of its node; a former one is drawn as what it was. */
const KINDS_OF_NODES = {
  User: 'user',
  Group: 'group',
  App: 'app',
  AdminRole: 'role',
  GroupRule: 'rule',
} as const;

export type NodeKind = (typeof KINDS_OF_NODES)[keyof typeof KINDS_OF_NODES];

/** A node to draw. */
export interface DrawnNode {
  key: string;
  kind: NodeKind;
  /** True for what Okta has deleted, a user that cannot sign in, and an application that is not active. */
  isFaint: boolean;
  name: string;
  /** A second line, such as a title. */
  detail: string | undefined;
}

export interface DrawnLink {
  from: string;
  to: string;
  kind: 'member' | 'was' | 'reports' | 'opens';
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
  const [kind = 'user'] = Object.entries(KINDS_OF_NODES).flatMap(([label, each]) =>
    labels.includes(label) || labels.includes(`Former${label}`) ? [each] : [],
  );
  const isFormer = labels.some((label) => label.startsWith('Former'));
  const status = text('status') ?? '';
  const isOff =
    kind === 'user'
      ? DISABLED_STATUSES.includes(status)
      : (kind === 'app' || kind === 'rule') && status !== '' && status !== 'ACTIVE';
  return {
    key: elementId,
    kind,
    isFaint: isFormer || isOff,
    name: text(NAME_OF[kind]) ?? text('id') ?? '',
    detail: isFormer ? 'deleted' : isOff ? status.toLowerCase() : kind === 'user' ? text('title') : undefined,
  };
}

/** The property with the name of a node. */
const NAME_OF: Readonly<Record<NodeKind, string>> = {
  user: 'display_name',
  group: 'name',
  app: 'label',
  role: 'label',
  rule: 'name',
};

const KINDS: Readonly<Record<string, DrawnLink['kind']>> = {
  MEMBER_OF: 'member',
  WAS_MEMBER_OF: 'was',
  REPORTS_TO: 'reports',
  ASSIGNED_TO: 'opens',
  WAS_ASSIGNED_TO: 'was',
  HAS_ROLE: 'opens',
  HAD_ROLE: 'was',
  ADDS_TO: 'opens',
};

function drawnLink({ startNodeElementId: from, endNodeElementId: to, type }: Relationship): DrawnLink {
  return { from, to, kind: KINDS[type] ?? 'member' };
}
