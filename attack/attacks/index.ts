import type { Attack } from '../attack';
import { SECRET_ATTACKS } from './secrets';
import { SIGN_IN_ATTACKS } from './signIn';
import { WEB_PAGE_ATTACKS } from './webPages';
import { WORKFLOW_ATTACKS } from './workflows';

/** Everything that is tried; what looks for traces of the others comes last. */
export const ATTACKS: readonly Attack[] = [
  ...WORKFLOW_ATTACKS,
  ...WEB_PAGE_ATTACKS,
  ...SIGN_IN_ATTACKS,
  ...SECRET_ATTACKS,
];
