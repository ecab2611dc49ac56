import { z } from 'zod';
import type { Access } from './access';

const id = z.string();
const ids = z.array(id);
const ruleFields = {
  name: z.string().exactOptional(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'INVALID']).exactOptional(),
  expression: z.string().exactOptional(),
  groupIds: ids.exactOptional(),
  excluded: z.strictObject({ userIds: ids, groupIds: ids }).exactOptional(),
};
const assignee = z.union([z.strictObject({ userId: id }), z.strictObject({ groupId: id })]);

/** Changes to apps, admin roles and group rules that the control routes accept. */
export const ACCESS_OPERATIONS = [
  z.strictObject({
    operation: z.literal('addApp'),
    label: z.string().exactOptional(),
    name: z.string().exactOptional(),
    signOnMode: z.string().exactOptional(),
  }),
  z.strictObject({ operation: z.literal('renameApp'), appId: id, label: z.string() }),
  z.strictObject({
    operation: z.literal('setAppStatus'),
    appId: id,
    status: z.enum(['ACTIVE', 'INACTIVE']),
  }),
  z.strictObject({ operation: z.literal('deleteApp'), appId: id }),
  z.strictObject({ operation: z.literal('assignAppUser'), appId: id, userId: id }),
  z.strictObject({ operation: z.literal('unassignAppUser'), appId: id, userId: id }),
  z.strictObject({
    operation: z.literal('assignAppGroup'),
    appId: id,
    groupId: id,
    priority: z.number().int().nonnegative().exactOptional(),
  }),
  z.strictObject({ operation: z.literal('unassignAppGroup'), appId: id, groupId: id }),
  z.strictObject({ operation: z.literal('addRule'), ...ruleFields }),
  z.strictObject({ operation: z.literal('changeRule'), ruleId: id, ...ruleFields }),
  z.strictObject({ operation: z.literal('deleteRule'), ruleId: id }),
  z.strictObject({
    operation: z.literal('grantRole'),
    assignee,
    type: z.string(),
    isScoped: z.boolean().exactOptional(),
  }),
  z.strictObject({ operation: z.literal('revokeRole'), assignee, roleId: id }),
] as const;

export type AccessOperation = z.infer<(typeof ACCESS_OPERATIONS)[number]>;

/** Makes a change. @returns as the control routes do. @throws OktaError if Okta would reject it. */
export function performOnAccess(
  { apps, roles, rules }: Access,
  change: AccessOperation,
): { id?: string; changed?: boolean } {
  switch (change.operation) {
    case 'addApp': {
      const { operation: _, ...fields } = change;
      return { id: apps.add(fields) };
    }
    case 'renameApp':
      apps.rename(change.appId, change.label);
      return {};
    case 'setAppStatus':
      apps.setStatus(change.appId, change.status);
      return {};
    case 'deleteApp':
      apps.delete(change.appId);
      return {};
    case 'assignAppUser':
      return { changed: apps.assignUser(change.appId, change.userId) };
    case 'unassignAppUser':
      return { changed: apps.unassignUser(change.appId, change.userId) };
    case 'assignAppGroup':
      return { changed: apps.assignGroup(change.appId, change.groupId, change.priority) };
    case 'unassignAppGroup':
      return { changed: apps.unassignGroup(change.appId, change.groupId) };
    case 'addRule': {
      const { operation: _, ...fields } = change;
      return { id: rules.add(fields) };
    }
    case 'changeRule': {
      const { operation: _, ruleId, ...changes } = change;
      rules.change(ruleId, changes);
      return {};
    }
    case 'deleteRule':
      rules.delete(change.ruleId);
      return {};
    case 'grantRole':
      return { id: roles.grant(change.assignee, change) };
    case 'revokeRole':
      return { changed: roles.revoke(change.assignee, change.roleId) };
  }
}
