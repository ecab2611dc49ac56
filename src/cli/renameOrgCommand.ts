import type { Client } from '@temporalio/client';
import type { Config } from '../config';
import {
  beginRename,
  finishRename,
  moveNodes,
  RenameRefusedError,
  type OrgRename,
} from '../graph/write/renameOrg';
import { printable } from '../text/printable';
import { deleteSchedulesOf, describeSchedule, scheduleId } from '../runs/schedule';
import { UsageError } from '../text/usageError';
import { withGraph, withTemporal } from '../connections/connect';
import type { Context } from './context';
import { countOf } from '../text/counts';
import { EXIT } from './exitCodes';
import { Explained } from '../faults/explained';
import { findRunningSync } from '../runs/inProgress';

/** Identifies the org at a domain, without credentials. @throws Error with a message for the user if there is none. */
export type FindOrganization = (domain: string, config: Config) => Promise<{ domain: string; id: string }>;

/**
 * `rename-org OLD NEW`: moves the graph of an org, with its history, to the org's new domain. After a crash it continues
 * where it stopped; if everything is already done, it does nothing.
 */
export async function renameOrg(
  { config, out }: Context,
  findOrganization: FindOrganization,
  old: string,
  wanted: string,
): Promise<number> {
  const from = old.trim().toLowerCase();
  const organization = await findOrganization(wanted, config).catch((error: unknown) => {
    throw error instanceof Error ? new Explained(`${printable(wanted)}: ${error.message}`) : error;
  });
  const rename = { from, to: organization.domain, organizationId: organization.id };
  if (rename.from === rename.to)
    throw new UsageError('Both domains are the same; specify the old one, then the new one');
  const done = await withTemporal(config, async (client) => {
    await refuseWhileRunning(client, rename);
    return withGraph(config, async (db) => {
      const isUnfinished = await beginRename(db, rename).catch((error: unknown) => {
        throw error instanceof RenameRefusedError ? new Explained(error.message) : error;
      });
      const schedule = await removeSchedule(client, from);
      if (!isUnfinished)
        return [`The graph already has this org under ${rename.to}; nothing was left to do`, ...schedule];
      const moved = await moveNodes(db, rename);
      await finishRename(db, rename);
      return [`The graph of ${from} was moved to ${rename.to}: ${countOf(moved, 'node')} moved`, ...schedule];
    });
  });
  out.write(`${[...done, ...nextSteps(config, rename)].join('\n')}\n`);
  return EXIT.succeeded;
}

async function refuseWhileRunning(client: Client, { from, to }: OrgRename): Promise<void> {
  for (const domain of [from, to]) {
    const sync = await findRunningSync(client, domain);
    if (sync)
      throw new Explained(
        `A run of ${domain} is in progress: ${sync.workflowId}. Try again after it has ended.`,
      );
  }
}

/** Deletes the schedule of the old domain, which would only start runs that fail. */
async function removeSchedule(client: Client, domain: string): Promise<string[]> {
  const schedule = await describeSchedule(client, domain);
  if (!schedule) return [];
  await deleteSchedulesOf(client, [domain]);
  const { paused, note } = schedule.state;
  const pause = paused ? ` It was paused: ${printable(note ?? 'without a note')}.` : '';
  return [`Schedule ${scheduleId(domain)} was deleted.${pause}`];
}

function nextSteps({ okta }: Config, { from, to }: OrgRename): string[] {
  const isConfigured = okta.orgs.some(({ domain }) => domain === to);
  return [
    ...(isConfigured
      ? []
      : [
          `Configure ${to} in place of ${from} for the worker, the console and the command line, and restart them.`,
        ]),
    `Then create its schedule: okta-graph schedule apply --domain ${to}`,
  ];
}
