import type { BucketName } from './buckets';

export type RouteKind =
  | 'users'
  | 'user'
  | 'userGroups'
  | 'groups'
  | 'group'
  | 'members'
  | 'organization'
  | 'token'
  | 'unknown';

export interface Route {
  readonly kind: RouteKind;
  /** Id of the user or group. */
  readonly id: string;
  /** Absent if the route does not count against a limit. */
  readonly bucket?: BucketName;
}

/** Paths and their buckets, from Okta's rate limit documentation. */
const ROUTES: readonly { path: RegExp; kind: RouteKind; bucket?: BucketName }[] = [
  { path: /^\/api\/v1\/users$/, kind: 'users', bucket: 'users' },
  { path: /^\/api\/v1\/users\/([^/]+)$/, kind: 'user', bucket: 'user' },
  { path: /^\/api\/v1\/users\/([^/]+)\/groups$/, kind: 'userGroups', bucket: 'user' },
  { path: /^\/api\/v1\/groups$/, kind: 'groups', bucket: 'groups' },
  { path: /^\/api\/v1\/groups\/([^/]+)$/, kind: 'group', bucket: 'group' },
  { path: /^\/api\/v1\/groups\/([^/]+)\/users$/, kind: 'members', bucket: 'groups' },
  { path: /^\/api\/v1\/groups\//, kind: 'unknown', bucket: 'groups' },
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
