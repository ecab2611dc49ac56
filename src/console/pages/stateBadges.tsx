import { healthOf } from '../read/health';
import type { Integration } from '../read/integration';
import { Badge } from './parts';

/** The state of an org; behind a pause also what the last run says. */
export function StateBadges({ integration }: { integration: Integration }) {
  const { state } = integration;
  const health = healthOf(integration);
  return (
    <>
      <Badge state={state} /> {state === 'paused' && health !== 'active' && <Badge state={health} />}
    </>
  );
}
