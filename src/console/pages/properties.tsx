import { capitalized } from '../../text/capitalized';
import { nameOf, Facts } from './parts';

/** Okta's names of properties in people's words, where they differ by more than their underscores. */
const NAMES: Readonly<Record<string, string>> = {
  id: 'Okta ID',
  login: 'Username',
  manager_id: 'Manager ID (as Okta has it)',
  manager: 'Manager (as Okta has it)',
  last_login: 'Last sign-in',
  status_changed: 'Status since',
  users_count: "Okta's count of members",
  apps_count: "Okta's count of apps",
  last_updated: 'Profile last changed',
  last_membership_updated: 'Members last changed',
  has_admin_privilege: 'Has an admin role',
  memberships_excluded: 'Members are not read',
};

/** Times print as ISO 8601; pages show them to the second. */
const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)[\d.]*Z$/;

/** Returns the value of a property as pages show it. */
export function propertyText(value: string | undefined): string {
  return nameOf(value?.replace(TIME, '$1 $2Z'), '');
}

/** The name of a property, in people's words. */
export function propertyName(name: string): string {
  const words = NAMES[name] ?? name.replaceAll('_', ' ');
  return capitalized(words);
}

/** All properties of a user or group, for those who need one that the page does not show above. */
export function Properties({ properties }: { properties: Readonly<Record<string, string>> }) {
  return (
    <section>
      <h2>All properties</h2>
      <Facts
        facts={Object.entries(properties)
          .map(([name, value]) => [propertyName(name), propertyText(value)] as const)
          .filter(([, value]) => value !== '')
          .sort(([a], [b]) => a.localeCompare(b))}
      />
    </section>
  );
}
