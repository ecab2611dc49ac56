import { isoTime } from '../isoTime';
import type { JsonObject } from '../json';
import { type People } from '../oktaUser';
import { MAIL_DOMAIN, profileOf } from '../profile';
import type { AppGroupRecord, AppRecord, AppUserRecord } from './apps';
import { SERVED_SECRETS } from './secrets';

/** An app as served. It can hold {@link SERVED_SECRETS}. */
export interface OktaApp extends JsonObject {
  id: string;
  name: string;
  label: string;
  status: string;
  signOnMode: string;
  created: string;
  lastUpdated: string;
  features: string[];
}

/** A user of an app as served. It can hold {@link SERVED_SECRETS}. */
export interface OktaAppUser extends JsonObject {
  /** That of the user. */
  id: string;
  scope: 'USER' | 'GROUP';
  status: string;
  created: string;
  lastUpdated: string;
  statusChanged: string;
}

/** The assignment of a group to an app, as served. It can hold {@link SERVED_SECRETS}. */
export interface OktaAppGroup extends JsonObject {
  /** That of the group. */
  id: string;
  priority: number;
  lastUpdated: string;
}

export function toOktaApp(app: AppRecord, origin: string): OktaApp {
  const { definition, index, id, label, status } = app;
  const self = `${origin}/api/v1/apps/${id}`;
  const settingsApp = settingsAppOf(app);
  return {
    id,
    orn: `orn:okta:idp:simulated:apps:${definition.name}:${id}`,
    name: definition.name,
    label,
    status,
    lastUpdated: isoTime(app.lastUpdatedMs),
    created: isoTime(app.createdMs),
    accessibility: { selfService: index % 10 === 3, errorRedirectUrl: null, loginRedirectUrl: null },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: false,
      hide: { iOS: index % 8 === 0, web: index % 8 === 0 },
      appLinks: { [`${definition.name}_link`]: true },
    },
    features: [...definition.features],
    signOnMode: definition.signOnMode,
    credentials: credentialsOf(app),
    settings: {
      ...(settingsApp && { app: settingsApp }),
      ...(definition.signOnMode === 'OPENID_CONNECT' && {
        oauthClient: {
          redirect_uris: [`https://app-${index}.${MAIL_DOMAIN}/callback`],
          response_types: ['code'],
          grant_types: ['authorization_code'],
          application_type: 'web',
        },
      }),
      notifications: { vpn: { network: { connection: 'DISABLED' }, message: null, helpUrl: null } },
      notes: { admin: null, enduser: null },
    },
    ...(index % 5 === 2 && { profile: { owner: 'it', adminPassword: SERVED_SECRETS.appProfilePassword } }),
    _links: {
      logo: [{ name: 'medium', href: `${origin}/img/logos/${definition.name}.png`, type: 'image/png' }],
      users: { href: `${self}/users` },
      groups: { href: `${self}/groups` },
      self: { href: self },
      deactivate: { href: `${self}/lifecycle/deactivate` },
    },
  };
}

/** Returns `settings.app`, which one app in six does not have. */
function settingsAppOf({ definition, index }: AppRecord): JsonObject | undefined {
  if (index % 6 === 4 || definition.signOnMode === 'OPENID_CONNECT') return undefined;
  if (definition.signOnMode === 'BOOKMARK')
    return { requestIntegration: false, url: `https://menu.${MAIL_DOMAIN}/` };
  const isProvisioned = definition.features.length > 0;
  return { domain: 'acme', ...(isProvisioned && { apiToken: SERVED_SECRETS.appApiToken }) };
}

function credentialsOf({ definition, index, id }: AppRecord): JsonObject {
  const common = {
    userNameTemplate: { template: '${source.login}', type: 'BUILT_IN' },
    signing: { kid: `simulated-key-${index}` },
  };
  switch (definition.signOnMode) {
    case 'OPENID_CONNECT':
      return {
        ...common,
        oauthClient: {
          autoKeyRotation: true,
          client_id: id,
          client_secret: SERVED_SECRETS.appClientSecret,
          token_endpoint_auth_method: 'client_secret_basic',
        },
      };
    case 'BROWSER_PLUGIN':
    case 'SECURE_PASSWORD_STORE':
      return {
        ...common,
        scheme: 'SHARED_USERNAME_AND_PASSWORD',
        userName: `shared@${MAIL_DOMAIN}`,
        revealPassword: false,
        password: { value: SERVED_SECRETS.appSharedPassword },
      };
    default:
      return common;
  }
}

export function toOktaAppUser(app: AppRecord, record: AppUserRecord, { seed, origin }: People): OktaAppUser {
  const { user, scope, assignedMs, group } = record;
  const { login, email, firstName, lastName } = profileOf(user, seed);
  const isProvisioned = app.definition.features.length > 0;
  const assigned = isoTime(assignedMs);
  return {
    id: user.id,
    externalId: isProvisioned ? `${app.definition.name}-${user.index}` : null,
    created: assigned,
    lastUpdated: assigned,
    scope,
    status: isProvisioned ? 'PROVISIONED' : 'ACTIVE',
    statusChanged: assigned,
    passwordChanged: null,
    syncState: isProvisioned ? 'SYNCHRONIZED' : 'DISABLED',
    ...(isProvisioned && { lastSync: assigned }),
    credentials: {
      userName: String(login),
      ...(app.definition.signOnMode === 'BROWSER_PLUGIN' && {
        password: { value: SERVED_SECRETS.appUserPassword },
      }),
    },
    profile: {
      email: email ?? null,
      given_name: firstName ?? null,
      family_name: lastName ?? null,
      ...(isProvisioned && { apiToken: SERVED_SECRETS.appUserToken }),
    },
    _links: {
      app: { href: `${origin}/api/v1/apps/${app.id}` },
      user: { href: `${origin}/api/v1/users/${user.id}` },
      ...(group && {
        group: { href: `${origin}/api/v1/groups/${group.id}`, name: group.profile.name ?? null },
      }),
    },
  };
}

export function toOktaAppGroup(app: AppRecord, record: AppGroupRecord, origin: string): OktaAppGroup {
  const { group, priority, lastUpdatedMs } = record;
  const isProvisioned = app.definition.features.length > 0;
  return {
    id: group.id,
    lastUpdated: isoTime(lastUpdatedMs),
    priority,
    profile: isProvisioned ? { license: 'standard', token: SERVED_SECRETS.appGroupToken } : {},
    _links: {
      app: { href: `${origin}/api/v1/apps/${app.id}` },
      group: { href: `${origin}/api/v1/groups/${group.id}` },
      self: { href: `${origin}/api/v1/apps/${app.id}/groups/${group.id}` },
    },
  };
}
