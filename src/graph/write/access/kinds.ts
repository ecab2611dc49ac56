import type { AccessKind } from '../../../contract';
import type { Transaction } from '../../database';
import type { Run } from '../run';
import type { Step } from './attempt';

/** A kind of object that runs read with `SYNC_ACCESS`, count and remove. */
export type AccessObject = 'apps' | 'rules' | 'assignments' | 'roles';

interface AccessObjects {
  /** The kind in `SYNC_ACCESS` that they belong to. */
  access: AccessKind;
  /** Steps of the access phase that read all of them. */
  steps: readonly Step[];
  /** Cypher pattern of all that the graph has. */
  all: string;
}

const OBJECTS: Readonly<Record<AccessObject, AccessObjects>> = {
  apps: { access: 'apps', steps: ['apps'], all: '(:App {okta_domain: $domain})' },
  assignments: {
    access: 'apps',
    steps: ['groupApps', 'appUsers'],
    all: '(:App {okta_domain: $domain})<-[:ASSIGNED_TO]-()',
  },
  roles: { access: 'roles', steps: ['roles'], all: '(:AdminRole {okta_domain: $domain})<-[:HAS_ROLE]-()' },
  rules: { access: 'rules', steps: ['rules'], all: '(:GroupRule {okta_domain: $domain})' },
};

export const ACCESS_OBJECTS = Object.keys(OBJECTS) as AccessObject[];

/** Counts of access objects; null for those that are not synced. */
export type AccessSize = Record<AccessObject, number | null>;

/** Cypher: true if run `r` has read all objects of a kind. */
export function hasRead(kind: AccessObject): string {
  const { access, steps } = OBJECTS[kind];
  const isDone = steps.map((step) => `'${step}' IN coalesce(r.access_steps, [])`);
  return `(${isDone.join(' AND ')} AND NOT '${access}' IN coalesce(r.access_skipped, []))`;
}

/** Cypher: true if run `r` or an earlier one of org `o` has read all objects of a kind. */
export const isKnown = (kind: AccessObject): string => `(o.${kind} IS NOT NULL OR ${hasRead(kind)})`;

/** Counts what the graph has of the kinds that a run reads; null for the others. */
export async function countAccess(tx: Transaction, { domain, access = [] }: Run): Promise<AccessSize> {
  const columns = ACCESS_OBJECTS.map((kind) => {
    const { access: of, all } = OBJECTS[kind];
    return `${access.includes(of) ? `COUNT { MATCH ${all} }` : 'null'} AS ${kind}`;
  });
  const [counts] =
    access.length > 0 ? await tx.run<AccessSize>(`RETURN ${columns.join(', ')}`, { domain }) : [];
  return counts ?? { apps: null, assignments: null, roles: null, rules: null };
}
