import type { GraphChange } from '../graph/read/changes';

/** Columns of changes as CSV. */
export const CHANGE_COLUMNS = [
  ...(['run', 'what', 'change', 'user_id', 'user_name', 'user_email', 'group_id', 'group_name'] as const),
  ...(['fields', 'values', 'after', 'by'] as const),
  ...(['app_id', 'app_name', 'role_id', 'role_name', 'rule_id', 'rule_name'] as const),
];

/** Returns a change in the order of {@link CHANGE_COLUMNS}. */
export function changeCells(change: GraphChange): string[] {
  const { runNumber, what, userId, userName, userEmail, groupId, groupName, fields, values, after, by } =
    change;
  const { appId, appName, roleId, roleName, ruleId, ruleName } = change;
  const pairs = Object.entries(values ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    ...[`${runNumber}`, what, change.change, userId, userName, userEmail, groupId, groupName],
    ...[fields?.join(' '), pairs.join('; '), after, by],
    ...[appId, appName, roleId, roleName, ruleId, ruleName],
  ].map((cell) => cell ?? '');
}
