import type { BucketName } from './buckets';

export const ROUTE_KINDS = [
  'users',
  'user',
  'userGroups',
  'userRoles',
  'groups',
  'group',
  'members',
  'groupApps',
  'groupRoles',
  'rules',
  'rule',
  'apps',
  'app',
  'appUsers',
  'appGroups',
  'assignees',
  'logs',
  'organization',
  'token',
  'unknown',
] as const;

export type RouteKind = (typeof ROUTE_KINDS)[number];

export interface Route {
  readonly kind: RouteKind;
  /** Id of the user, group, app or rule. */
  readonly id: string;
  /** Absent if the route does not count against a limit. */
  readonly bucket?: BucketName;
}

/** Paths and their buckets, from Okta's rate limit documentation. */
const ROUTES: readonly { path: RegExp; kind: RouteKind; bucket?: BucketName }[] = [
  { path: /^\/api\/v1\/users$/, kind: 'users', bucket: 'users' },
  { path: /^\/api\/v1\/users\/([^/]+)$/, kind: 'user', bucket: 'user' },
  { path: /^\/api\/v1\/users\/([^/]+)\/groups$/, kind: 'userGroups', bucket: 'user' },
  { path: /^\/api\/v1\/users\/([^/]+)\/roles$/, kind: 'userRoles', bucket: 'user' },
  { path: /^\/api\/v1\/groups$/, kind: 'groups', bucket: 'groups' },
  { path: /^\/api\/v1\/groups\/rules$/, kind: 'rules', bucket: 'groups' },
  { path: /^\/api\/v1\/groups\/rules\/([^/]+)$/, kind: 'rule', bucket: 'groups' },
  { path: /^\/api\/v1\/groups\/([^/]+)$/, kind: 'group', bucket: 'group' },
  { path: /^\/api\/v1\/groups\/([^/]+)\/users$/, kind: 'members', bucket: 'groups' },
  { path: /^\/api\/v1\/groups\/([^/]+)\/apps$/, kind: 'groupApps', bucket: 'groups' },
  { path: /^\/api\/v1\/groups\/([^/]+)\/roles$/, kind: 'groupRoles', bucket: 'groups' },
  { path: /^\/api\/v1\/groups\//, kind: 'unknown', bucket: 'groups' },
  { path: /^\/api\/v1\/apps$/, kind: 'apps', bucket: 'apps' },
  { path: /^\/api\/v1\/apps\/([^/]+)$/, kind: 'app', bucket: 'apps' },
  { path: /^\/api\/v1\/apps\/([^/]+)\/users$/, kind: 'appUsers', bucket: 'apps' },
  { path: /^\/api\/v1\/apps\/([^/]+)\/groups$/, kind: 'appGroups', bucket: 'apps' },
  { path: /^\/api\/v1\/apps\//, kind: 'unknown', bucket: 'apps' },
  { path: /^\/api\/v1\/iam\/assignees\/users$/, kind: 'assignees', bucket: 'iam' },
  { path: /^\/api\/v1\/iam\//, kind: 'unknown', bucket: 'iam' },
  { path: /^\/api\/v1\/logs$/, kind: 'logs', bucket: 'logs' },
  { path: /^\/\.well-known\/okta-organization$/, kind: 'organization' },
  { path: /^\/oauth2\/v1\/token$/, kind: 'token' },
  { path: /^/, kind: 'unknown', bucket: 'user' },
];

export function routeOf(pathname: string): Route {
  for (const { path, ...route } of ROUTES) {
    const match = path.exec(pathname);
    if (match) return { ...route, id: decoded(match[1] ?? '') };
  }
  return { kind: 'unknown', id: '' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
