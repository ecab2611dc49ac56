import { RAW_OBJECT } from '../graph/rawObject';

/** How a value is written: `whole` is an integer, `number` any number, `texts` a list of texts. */
export type ColumnType = 'text' | 'time' | 'whole' | 'number' | 'flag' | 'texts';

export interface Column {
  name: string;
  type: ColumnType;
}

const LABELS = ['User', 'Group', 'App', 'AdminRole', 'GroupRule'] as const;

/** Label of the nodes that are exported. */
export type Label = (typeof LABELS)[number];

/** Nodes of one label. Every node also has an id and `okta_domain`. */
export interface NodeTable {
  /** Name of its file. */
  name: Label;
  columns: readonly Column[];
  /** True if it has the JSON that Okta sent, which can be long. */
  hasRaw: boolean;
}

/** Relationships of one type between nodes of two labels. */
export interface EdgeTable {
  /** Name of its file. */
  name: string;
  from: Label;
  type: string;
  to: Label;
  columns: readonly Column[];
}

const columns = (type: ColumnType, ...names: string[]): Column[] => names.map((name) => ({ name, type }));

/** Properties of Okta's objects. The sync's own state, and everything that is not listed, is never exported. */
const PROPERTIES: Readonly<Record<Label, readonly Column[]>> = {
  User: [
    ...columns('text', 'email', 'display_name', 'first_name', 'last_name', 'login', 'status', 'title'),
    ...columns('text', 'department', 'division', 'organization', 'employee_number', 'user_type'),
    ...columns('text', 'manager', 'manager_id'),
    ...columns('time', 'created', 'activated', 'status_changed', 'password_changed', 'last_updated'),
    ...columns('time', 'last_login'),
  ],
  Group: [
    ...columns('text', 'name', 'description', 'type'),
    ...columns('time', 'created', 'last_updated', 'last_membership_updated'),
    ...columns('whole', 'users_count', 'apps_count'),
    ...columns('flag', 'has_admin_privilege', 'memberships_excluded'),
  ],
  App: [
    ...columns('text', 'label', 'name', 'status', 'sign_on_mode'),
    ...columns('time', 'created', 'last_updated'),
  ],
  AdminRole: columns('text', 'type', 'label'),
  GroupRule: [
    ...columns('text', 'name', 'status', 'expression'),
    ...columns('texts', 'excluded_users', 'excluded_groups'),
    ...columns('time', 'created', 'last_updated'),
  ],
};

const RAW: Partial<Record<Label, string>> = RAW_OBJECT;

/**
 * Returns the tables of nodes.
 *
 * @param promoted properties that the installation has named.
 * @param includesRaw adds the JSON that Okta sent.
 */
export function nodeTables(
  promoted: Readonly<Partial<Record<Label, readonly Column[]>>>,
  includesRaw: boolean,
): NodeTable[] {
  return LABELS.map((name) => {
    const own = PROPERTIES[name];
    const raw = includesRaw ? RAW[name] : undefined;
    return {
      name,
      hasRaw: raw !== undefined,
      columns: [
        ...own,
        ...(promoted[name] ?? []).filter((column) => own.every((each) => each.name !== column.name)),
        ...(raw === undefined ? [] : columns('text', raw)),
      ],
    };
  });
}

const DATED = columns('time', 'valid_from', 'not_before');
const ROLE = [...columns('text', 'assignment_id', 'status', 'resource_set'), ...DATED];

const edge = (from: Label, type: string, to: Label, of: readonly Column[] = []): EdgeTable => ({
  name: `${from}-${type}-${to}`,
  from,
  type,
  to,
  columns: of,
});

export const EDGE_TABLES: readonly EdgeTable[] = [
  edge('User', 'MEMBER_OF', 'Group', DATED),
  edge('User', 'REPORTS_TO', 'User'),
  edge('User', 'ASSIGNED_TO', 'App', DATED),
  edge('Group', 'ASSIGNED_TO', 'App', DATED),
  edge('User', 'HAS_ROLE', 'AdminRole', ROLE),
  edge('Group', 'HAS_ROLE', 'AdminRole', ROLE),
  edge('GroupRule', 'ADDS_TO', 'Group'),
];

/** Names of all tables. */
export const TABLE_NAMES: readonly string[] = [...LABELS, ...EDGE_TABLES.map(({ name }) => name)];
