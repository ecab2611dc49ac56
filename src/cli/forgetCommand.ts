import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config';
import { withGraph } from '../connections/connect';
import { Explained } from '../faults/explained';
import { CodedError } from '../faults/fault';
import {
  ForgetRefusedError,
  forgetUser,
  forgottenText,
  knownUser,
  type Forgotten,
} from '../graph/write/forget';
import { countOf } from '../text/counts';
import { isOktaId } from '../text/json';
import { brief } from '../text/printable';
import { UsageError } from '../text/usageError';
import type { Context } from './context';
import { EXIT } from './exitCodes';
import { osUser } from './recordChange';
import { selectDomain } from './selectOrg';

/** Returns true if Okta has the user; false if it confirms that it has not. Throws CodedError for any other response. */
export type HasUser = (config: Config, domain: string, id: string) => Promise<boolean>;

export interface ForgetOptions {
  user: string;
  domain?: string;
}

/** Time between two requests for a user that no run has found to be deleted, milliseconds. */
const PROOF_GAP_MS = 30_000;

/** For how long it waits for runs that take seconds, and how often it looks, milliseconds. */
const WAIT_MS = 60_000;
const LOOK_MS = 1_000;

/**
 * `forget`: removes what the graph has of a user that Okta has deleted. It asks Okta first, and twice if no run has seen
 * the deletion yet: Okta can deny for a moment what exists. It is refused while a run is in progress.
 */
export async function forget(
  { config, out, err }: Context,
  hasUser: HasUser,
  { user, domain: requested }: ForgetOptions,
): Promise<number> {
  const domain = selectDomain(config, requested);
  const id = user.trim();
  if (!isOktaId(id))
    throw new UsageError(
      `--user must be the Okta ID of the user, such as 00u1a2b3c4D5E6F7g8h9; an email can belong to someone else by now: ${brief(user)}`,
    );
  return withGraph(config, async (db) => {
    const known = await knownUser(db, domain, id);
    if (known === 'unknown')
      throw new Explained(
        `The graph has no user ${id} in ${domain}, current or deleted. Nothing was removed.`,
        'Check the ID and --domain.',
      );
    await assertDeleted(hasUser, config, domain, id);
    if (known === 'current') {
      const gapMs = config.sync.proofGapMs ?? PROOF_GAP_MS;
      err.write(
        `No run has removed this user yet. Okta does not find it; asking again in ${gapMs / 1000} s, to be sure.\n`,
      );
      await sleep(gapMs);
      await assertDeleted(hasUser, config, domain, id);
    }
    const forgotten = await afterShortRuns(
      () => forgetUser(db, domain, { id, known }, `${osUser()}, on the command line`),
      err,
    );
    out.write(`${forgottenText(forgotten)}.\n`);
    if (forgotten.current > 0)
      err.write(
        `${countOf(forgotten.current, 'current user or group rule names', 'current users or group rules name')} this user in Okta, for example as manager. Change that in Okta: otherwise a later run brings the name back.\n`,
      );
    return EXIT.succeeded;
  });
}

/** Repeats what is refused while a run of what the System Log has named is in progress. @throws Explained if it stays refused. */
async function afterShortRuns(work: () => Promise<Forgotten>, err: Context['err']): Promise<Forgotten> {
  const untilMs = Date.now() + WAIT_MS;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ForgetRefusedError)) throw error;
      if (!error.endsSoon || Date.now() > untilMs) throw new Explained(error.fact, error.advice);
      if (isFirst) err.write('Waiting for the end of a run that takes seconds.\n');
    }
    await sleep(LOOK_MS);
  }
}

/** @throws Explained unless Okta confirms that it does not have the user. */
async function assertDeleted(hasUser: HasUser, config: Config, domain: string, id: string): Promise<void> {
  const has = await hasUser(config, domain, id).catch((error: unknown) => {
    if (!(error instanceof CodedError)) throw error;
    throw new Explained(
      `Okta could not be asked for the user: ${error.fact} Nothing was removed.`,
      error.advice,
    );
  });
  if (has)
    throw new Explained(
      `Okta still has user ${id}. Nothing was removed.`,
      'Delete the user in Okta first (deactivate, then delete). To keep some attributes out of the graph instead, set OMIT_ATTRIBUTES.',
    );
}
