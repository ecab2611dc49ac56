import { ScheduleNotFoundError } from '@temporalio/client';
import { explainNeo4j, explainTemporal, ReadTimeoutError, SearchIndexError } from '../connections/explain';
import { Explained } from '../faults/explained';
import { IntegrationHiddenError } from '../runs/schedule';
import { ScheduleContendedError } from '../runs/scheduleChanges';
import { operated } from '../telemetry/events';
import { internalErrorText } from '../text/internalError';
import type { Services } from './env';

/** What to answer if a request fails. */
export interface Failure {
  title: string;
  text: string;
  status: 403 | 404 | 500 | 503;
}

/** Explains an error to the user. An unexpected one is logged, without details in the answer. */
export function explained(error: Error, { config }: Services): Failure {
  if (error instanceof IntegrationHiddenError) return { title: 'Disabled', text: error.message, status: 403 };
  if (error instanceof ScheduleContendedError)
    return { title: 'Not changed', text: error.message, status: 503 };
  if (error instanceof ScheduleNotFoundError) {
    const text = 'The schedule has been deleted. Create it again on the page of the integration.';
    return { title: 'Schedule not found', text, status: 404 };
  }
  const known = explainTemporal(explainNeo4j(error, config.neo4j), config.temporal);
  if (known instanceof ReadTimeoutError) return { title: 'Timed out', text: known.message, status: 503 };
  if (known instanceof SearchIndexError)
    return { title: 'Search not available', text: known.message, status: 503 };
  if (known instanceof Explained) return { title: 'Not reachable', text: known.message, status: 503 };
  operated.emit({ event: 'console_error', message: internalErrorText(error) });
  return { title: 'Something went wrong', text: "See the console's log for details.", status: 500 };
}
