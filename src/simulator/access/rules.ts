import { notFound } from '../errors';
import type { GroupRecord } from '../groups';
import { oktaId } from '../ids';
import { isoTime } from '../isoTime';
import type { JsonObject } from '../json';
import type { EventType } from '../log/eventTypes';
import { ruleTarget } from '../log/targets';
import type { OrgState } from '../orgState';

export type RuleStatus = 'ACTIVE' | 'INACTIVE' | 'INVALID';

const EVENT_OF: Readonly<Record<RuleStatus, EventType>> = {
  ACTIVE: 'group.user_membership.rule.evaluation',
  INACTIVE: 'group.user_membership.rule.deactivated',
  INVALID: 'group.user_membership.rule.invalidate',
};

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
    const rule: RuleRecord = {
      index,
      id,
      name: `Rule ${index}`,
      status: 'ACTIVE',
      createdMs: nowMs,
      lastUpdatedMs: nowMs,
      expression: 'user.department=="Sales"',
      groupIds: [],
      ...fields,
    };
    this.all.push(rule);
    this.record(rule);
    return id;
  }

  change(id: string, changes: RuleChanges): void {
    const rule = this.ruleOf(id);
    Object.assign(rule, changes, { lastUpdatedMs: this.org.nowMs() });
    this.record(rule);
  }

  delete(id: string): void {
    const rule = this.ruleOf(id);
    this.all[rule.index] = undefined;
    this.record({ ...rule, status: 'INACTIVE' });
  }

  /** Makes rules with a deleted target INVALID. They keep its id, and Okta does not document a new `lastUpdated`. */
  removeGroup({ id }: GroupRecord): void {
    for (const rule of this.all) {
      if (!rule?.groupIds.includes(id) || rule.status === 'INVALID') continue;
      rule.status = 'INVALID';
      this.record(rule);
    }
  }

  /** Okta's catalog has no events for the creation and deletion of rules, only for what follows from their status. */
  private record(rule: RuleRecord): void {
    this.org.log.record({ type: EVENT_OF[rule.status], targets: [ruleTarget(rule)] });
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
