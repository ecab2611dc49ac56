import type { NodeLabel, Touched } from '../contract';
import { CODES } from '../codes';
import { TOUCHED_CURSOR } from '../boundary/inputs';
import { absentNodes } from '../graph/read/absentNodes';
import { groupRow, userRow, type NodeRow } from '../graph/write/nodes';
import type { Run, RunWriter } from '../graph/write/run';
import { rewriteProfiles } from '../graph/write/storedProfiles';
import { builtInGroupsOfCreated, writeTouched } from '../graph/write/touched';
import { OktaError } from '../okta/errors';
import { isOktaId } from '../text/json';
import { Attempt } from './context';
import { proofGapMs, type Ports } from './ports';
import { readOwn } from './readItem';
import { recordingUsage } from './usage';

/** Position in the objects that the log has named. */
export interface TouchedCursor {
  /** Number of objects that are written. */
  done: number;
}

/** Number of objects that are read before they are written. */
const BATCH = 50;

/** Okta can answer 404 for an object for some seconds after it was made. */
const MADE_MS = 3_000;

/**
 * Everyone has no events. A new user's membership is read at once in an org of up to this size: a read takes a call for
 * each 1,000 members. In a larger one the next scheduled run reads it.
 */
const MAX_BUILT_IN_MEMBERS = 10_000;

interface Named {
  label: NodeLabel;
  id: string;
}

/**
 * Reads users and groups by their ids and writes them. The groups are then on the run's work list, with those built-in ones
 * that new users belong to. Nothing is removed.
 */
export async function syncTouched(
  ports: Ports,
  run: Run,
  { users, groups }: Touched,
): Promise<TouchedCursor> {
  const { graph } = ports;
  const attempt = new Attempt<TouchedCursor>(ports.chunkMs, TOUCHED_CURSOR);
  const writer: RunWriter = { db: graph, run, usage: attempt.usage };
  const named = [...of('User', users), ...of('Group', groups)];
  return recordingUsage(writer, async () => {
    for (const label of ['User', 'Group'] as const)
      await attempt.during(rewriteProfiles(writer, label, ports.sync.data, attempt.step));
    let done = attempt.lastDetails?.done ?? 0;
    for (; done < named.length; attempt.reached({ done })) {
      const batch = named.slice(done, done + BATCH);
      await readAndWrite(ports, writer, attempt, batch);
      done += batch.length;
    }
    await readAndWrite(
      ports,
      writer,
      attempt,
      of('Group', await builtInGroupsOfCreated(graph, run, MAX_BUILT_IN_MEMBERS)),
    );
    return { done };
  });
}

const of = (label: NodeLabel, ids: readonly string[]): Named[] =>
  ids.filter(isOktaId).map((id) => ({ label, id }));

async function readAndWrite(
  ports: Ports,
  writer: RunWriter,
  attempt: Attempt<unknown>,
  named: readonly Named[],
): Promise<void> {
  if (named.length === 0) return;
  const { graph, okta, sync } = ports;
  const { domain } = writer.run;
  const org = okta.org(domain);
  const rows: Record<NodeLabel, NodeRow[]> = { User: [], Group: [] };
  const absent: Record<NodeLabel, string[]> = { User: [], Group: [] };
  const failed: Record<NodeLabel, string[]> = { User: [], Group: [] };
  const refused: Record<NodeLabel, string[]> = { User: [], Group: [] };
  const read = async ({ label, id }: Named): Promise<void> => {
    try {
      const found = label === 'User' ? await org.user(id, attempt) : await org.group(id, attempt);
      if (found === undefined) return void absent[label].push(id);
      const object = readOwn(label, id, found, sync.data);
      if (!object) return void failed[label].push(id);
      rows[label].push('email' in object ? userRow(object) : groupRow(object));
    } catch (error) {
      attempt.signal.throwIfAborted();
      if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
      (error.code === 'OKTA_FORBIDDEN' ? refused : failed)[label].push(id);
    }
  };
  await Promise.all(named.map(read));
  // What the graph has is asked for again by another run.
  const made: Named[] = [];
  for (const label of ['User', 'Group'] as const) {
    const unknown = await absentNodes(graph, domain, label, absent[label]);
    made.push(...of(label, unknown));
    absent[label] = absent[label].filter((id) => !unknown.includes(id));
  }
  if (made.length > 0) {
    await attempt.pause(Math.min(MADE_MS, proofGapMs(ports)));
    await Promise.all(made.map(read));
  }
  await writeTouched(writer, {
    users: rows.User,
    groups: rows.Group,
    absent,
    failed,
    refused,
    asOfMs: attempt.oktaNowMs,
  });
}
