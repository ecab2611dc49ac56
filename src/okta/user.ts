import { KEEP_ALL, type DataRules } from '../config/dataRules';
import { isVisible } from '../text/printable';
import { instant, text } from '../text/json';
import { keptOf, type Malformed, type Promoted } from './profile';

/** A user's data for the graph. Times are milliseconds since the epoch. */
export interface OktaUser {
  id: string;
  status: string | undefined;
  email: string | undefined;
  displayName: string | undefined;
  firstName: string | undefined;
  lastName: string | undefined;
  login: string | undefined;
  title: string | undefined;
  department: string | undefined;
  division: string | undefined;
  organization: string | undefined;
  employeeNumber: string | undefined;
  userType: string | undefined;
  manager: string | undefined;
  managerId: string | undefined;
  created: number | undefined;
  activated: number | undefined;
  statusChanged: number | undefined;
  passwordChanged: number | undefined;
  lastLogin: number | undefined;
  lastUpdated: number | undefined;
  /** The JSON text of the object as sent by Okta, without the attributes that are never stored. */
  raw: string;
  /** Absent if the installation keeps everything and promotes nothing. */
  promoted?: Promoted;
}

/**
 * Reads one item of a user or member list; `json` is its original text. Everything but id and profile may be absent.
 */
export function readUser(sent: unknown, json?: string, rules: DataRules = KEEP_ALL): OktaUser | Malformed {
  const kept = keptOf('User', sent, rules);
  if ('malformed' in kept) return kept;
  const { id, item, profile, promoted } = kept;

  const firstName = text(profile['firstName']);
  const lastName = text(profile['lastName']);
  const login = text(profile['login']);
  const fullName = text([firstName, lastName].filter(shows).join(' '));
  const email = emailOf(profile['email']);
  return {
    id,
    status: text(item['status']),
    email,
    displayName: [text(profile['displayName']), fullName, login, email].find(
      (name) => name && isVisible(name),
    ),
    firstName,
    lastName,
    login,
    title: text(profile['title']),
    department: text(profile['department']),
    division: text(profile['division']),
    organization: text(profile['organization']),
    employeeNumber: text(profile['employeeNumber']),
    userType: text(profile['userType']),
    manager: text(profile['manager']),
    managerId: text(profile['managerId']),
    created: instant(item['created']),
    activated: instant(item['activated']),
    statusChanged: instant(item['statusChanged']),
    passwordChanged: instant(item['passwordChanged']),
    lastLogin: instant(item['lastLogin']),
    lastUpdated: instant(item['lastUpdated']),
    raw: item === sent && json !== undefined ? json : JSON.stringify(item),
    ...(promoted && { promoted }),
  };
}

function shows(name: string | undefined): boolean {
  return name !== undefined && isVisible(name);
}

function emailOf(value: unknown): string | undefined {
  const email = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return isVisible(email) ? text(email) : undefined;
}
