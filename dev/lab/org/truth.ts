import type { Simulator } from '../../../src/simulator';
import type { AccessLines } from '../graph/accessComparison';
import type { OrgTruth } from '../graph/comparison';

/** The current content of a simulated org in this process. */
export function truthOf({ org }: Simulator): OrgTruth {
  const truth = org.truth();
  return { users: truth.users(), groups: truth.groups(), edges: truth.edges() };
}

/** The apps, admin roles and group rules that a simulated org in this process holds now. */
export function accessTruthOf({ org }: Simulator): AccessLines {
  const { access } = org.truth();
  return {
    app: [...access.apps()],
    appUser: [...access.appUsers()],
    appGroup: [...access.appGroups()],
    role: [...access.roles()],
    rule: [...access.rules()],
  };
}
