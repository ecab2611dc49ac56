import { countOf } from '../../text/counts';
import { lastCompleted } from '../read/health';
import type { Integration } from '../read/integration';

const MANAGERS = ['managerId', 'manager'];

/** What the settings about data keep out of the numbers of a page; nothing if they leave out nothing that is counted. */
export function LeftOut({
  integration,
  omitted,
}: {
  integration: Integration;
  /** `OMIT_ATTRIBUTES`, as the console has it. */
  omitted: readonly string[];
}) {
  const groups = lastCompleted(integration)?.report?.memberships.groupsExcluded ?? 0;
  const managers = omitted.filter((attribute) => MANAGERS.includes(attribute));
  if (groups + managers.length === 0) return null;
  return (
    <p class="warning">
      {groups > 0 &&
        `SYNC_MEMBERS_OF leaves out ${countOf(groups, 'group')}: no number and no finding has their memberships, and what users have through them. `}
      {managers.length > 0 &&
        `OMIT_ATTRIBUTES leaves out ${managers.join(' and ')}: managers and reporting lines are not known.`}
    </p>
  );
}
