import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from '../config';
import { readSettingsFile } from '../orgs/secretFile';

/** Has the id of the process that runs `okta-graph start`. */
export const STACK_VARIABLE = 'LOCAL_STACK_PID';

const CHOOSE_ORG = ['OKTA_DOMAIN', 'OKTA_CREDENTIALS_DIR'] as const;

/** Variables that choose a service, by the prefix of all its variables. */
const CHOSEN_BY = {
  OKTA_: CHOOSE_ORG,
  // What the org of the stack is read for does not apply to another one.
  SYNC_ACCESS: ['SYNC_ACCESS', ...CHOOSE_ORG],
  WATCH_INTERVAL: ['WATCH_INTERVAL', ...CHOOSE_ORG],
  OKTA_LABELS: ['OKTA_LABELS'],
  HISTORY_RETENTION: ['HISTORY_RETENTION', ...CHOOSE_ORG],
  TEMPORAL_: ['TEMPORAL_ADDRESS'],
  NEO4J_: ['NEO4J_URI'],
} as const;

/**
 * Adds the variables of the local stack that runs in the working directory, if there is one. A service that the
 * environment chooses is kept, unless its variables were exported from the file of an earlier stack.
 */
export function withLocalStack(environment: Environment, file = join('.local', 'env')): Environment {
  const stack = variablesIn(file);
  const pid = stack[STACK_VARIABLE];
  if (pid === undefined || !isRunning(Number(pid))) return environment;
  const isStale = (environment[STACK_VARIABLE] ?? pid) !== pid;
  const isChosen = (name: string) =>
    Object.entries(CHOSEN_BY).some(
      ([prefix, chosenBy]) => name.startsWith(prefix) && chosenBy.some((each) => environment[each]?.trim()),
    );
  const added = Object.entries(stack).filter(([name]) => isStale || !isChosen(name));
  return { ...environment, ...Object.fromEntries(added) };
}

/** Returns true if a local stack was started in the working directory and does not run now. */
export function isLocalStackStopped(file = join('.local', 'env')): boolean {
  const pid = variablesIn(file)[STACK_VARIABLE];
  return pid !== undefined && !isRunning(Number(pid));
}

/** A file that others can change is not used, as for `.env`. */
function variablesIn(file: string): Environment {
  try {
    return parseEnv(readSettingsFile(file));
  } catch {
    return {};
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
