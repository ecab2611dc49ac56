import { notFound } from '../errors';
import type { GroupRecord } from '../groups';
import { oktaId } from '../ids';
import { isoTime } from '../isoTime';
import type { JsonObject } from '../json';
import type { OrgState } from '../orgState';

export type RuleStatus = 'ACTIVE' | 'INACTIVE' | 'INVALID';

/** A group rule. In the simulated org, rules do not add members. */
export interface RuleRecord {
  readonly index: number;
  readonly id: string;
  readonly createdMs: number;
  name: string;
  status: RuleStatus;
  lastUpdatedMs: number;
  expression: string;
  /** Ids of target groups, also of deleted ones. */
  groupIds: readonly string[];
  /** Absent if `conditions.people` is. */
  excluded?: { readonly userIds: readonly string[]; readonly groupIds: readonly string[] };
}

export type RuleChanges = Partial<Omit<RuleRecord, 'index' | 'id' | 'createdMs' | 'lastUpdatedMs'>>;

/** A group rule as served. */
export interface OktaRule extends JsonObject {
  id: string;
  name: string;
  status: RuleStatus;
  created: string;
  lastUpdated: string;
  conditions: JsonObject;
  actions: { assignUserToGroups: { groupIds: string[] } };
}

/**
 * The group rules of an org and changes to them. All methods take Okta ids, and throw an OktaError, 404 E0000007, for an
 * unknown id.
 */
export class Rules {
  /** Holes are deleted rules. */
  readonly all: (RuleRecord | undefined)[];

  constructor(
    private readonly org: OrgState,
    seed: readonly RuleRecord[],
  ) {
    this.all = [...seed];
  }

  find(id: string): RuleRecord | undefined {
    return this.all.find((rule) => rule?.id === id);
  }

  /** Adds an ACTIVE rule, without exclusions and targets unless given. @returns its id. */
  add(fields: RuleChanges = {}): string {
    const index = this.all.length;
    const id = oktaId('0pr', this.org.options.seed, index);
    const nowMs = this.org.nowMs();
    this.all.push({
      index,
      id,
      name: `Rule ${index}`,
      status: 'ACTIVE',
      createdMs: nowMs,
      lastUpdatedMs: nowMs,
      expression: 'user.department=="Sales"',
      groupIds: [],
      ...fields,
    });
    return id;
  }

  change(id: string, changes: RuleChanges): void {
    Object.assign(this.ruleOf(id), changes, { lastUpdatedMs: this.org.nowMs() });
  }

  delete(id: string): void {
    this.all[this.ruleOf(id).index] = undefined;
  }

  /** Makes rules with a deleted target INVALID. They keep its id, and Okta does not document a new `lastUpdated`. */
  removeGroup({ id }: GroupRecord): void {
    for (const rule of this.all) if (rule?.groupIds.includes(id)) rule.status = 'INVALID';
  }

  private ruleOf(id: string): RuleRecord {
    const rule = this.find(id);
    if (!rule) throw notFound(id, 'GroupRule');
    return rule;
  }
}

export function toOktaRule(rule: RuleRecord, origin: string): OktaRule {
  const { excluded } = rule;
  const self = `${origin}/api/v1/groups/rules/${rule.id}`;
  return {
    type: 'group_rule',
    id: rule.id,
    status: rule.status,
    name: rule.name,
    created: isoTime(rule.createdMs),
    lastUpdated: isoTime(rule.lastUpdatedMs),
    conditions: {
      ...(excluded && {
        people: {
          users: { exclude: [...excluded.userIds] },
          groups: { exclude: [...excluded.groupIds] },
        },
      }),
      expression: { value: rule.expression, type: 'urn:okta:expression:1.0' },
    },
    actions: { assignUserToGroups: { groupIds: [...rule.groupIds] } },
    _links: { self: { href: self }, deactivate: { href: `${self}/lifecycle/deactivate` } },
  };
}
