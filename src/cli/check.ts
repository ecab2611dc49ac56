import type { Client } from '@temporalio/client';
import { pollersOf, SECONDS_OF_A_POLL, type Version } from '../runs/pollers';
import { CODES, type Code } from '../codes';
import type { AdvisedError } from '../faults/fault';
import type { Config } from '../config';
import type { GraphDatabase } from '../graph/database';
import { explainNeo4jError } from '../graph/errors';
import {
  failedIndexes,
  isNewEnough,
  missingExploreIndexes,
  schemaState,
  serverOf,
  tryPrivileges,
} from '../graph/schema/check';
import { movedOrgs, type MovedOrg } from '../graph/write/renameOrg';
import { describeSchedule, listSchedules } from '../runs/schedule';
import { withGraph, withTemporal } from '../connections/connect';
import { attributeLines, dataLines, selectionLines } from './checkData';
import type { CheckLine } from './checkLine';
import { namedGroupLines, notifyLines } from './checkNotify';
import type { Context } from './context';
import { countOf } from '../text/counts';
import { EXIT } from './exitCodes';
import { Explained } from '../faults/explained';
import { internalErrorText } from '../text/internalError';
import { printable } from '../text/printable';
import { scheduleText } from './status';
import { paintOutcome, styleOf, type TextStyle } from '../text/style';
import { renderFields } from '../text/table';
import { within } from '../connections/within';

/** Checks the configured orgs. A failure becomes a line; nothing is thrown. */
export type CheckOkta = (config: Config) => Promise<CheckLine[]>;

/** Time limit, in milliseconds, of all checks of one service. The lines of the other services are printed in any case. */
const TIMEOUT_MS = 45_000;

/** `check`: checks everything that a sync needs and prints a line for each result; exits with 1 if any check fails. */
export async function check(
  { config, out }: Context,
  checkOkta: CheckOkta,
  { json }: { json?: true } = {},
): Promise<number> {
  const okta = attempt('Okta', () => checkOkta(config));
  const lines = (await Promise.all([checkTemporal(config), checkNeo4j(config, okta), okta])).flat();
  const results = [
    ...[...dataLines(config.sync.data), ...notifyLines(config)].map((line) => ({
      result: 'OK',
      ...line,
      advice: undefined,
    })),
    ...config.warnings.map((detail) => ({
      result: 'WARN',
      what: 'Configuration',
      detail,
      advice: undefined,
    })),
    ...lines.map(({ what, ok, detail, advice }) => {
      const result = ok ? (advice === undefined ? 'OK' : 'WARN') : 'FAIL';
      return { result, what, detail: printable(detail), advice };
    }),
  ];
  const style = styleOf(out);
  if (json) out.write(`${JSON.stringify(results, null, 2)}\n`);
  else
    out.write(
      `${renderFields(
        results.map((each) => row(each, style)),
        style,
      )}\n`,
    );
  return lines.every(({ ok }) => ok) ? EXIT.succeeded : EXIT.failed;
}

function row(
  { result, what, detail, advice }: Record<string, string | undefined>,
  style: TextStyle,
): string[] {
  return [
    paintOutcome(result ?? '', style),
    what ?? '',
    advice === undefined ? (detail ?? '') : `${detail}\n-> ${advice}`,
  ];
}

function checkTemporal(config: Config): Promise<CheckLine[]> {
  const { address, namespace, taskQueue } = config.temporal;
  return attempt('Temporal', () =>
    withTemporal(config, async (client) => {
      const schedules = countOf((await listSchedules(client)).length, 'schedule');
      return [
        { what: 'Temporal', ok: true, detail: `${address}, namespace ${namespace}, ${schedules}` },
        await checkTaskQueue(client, taskQueue),
        ...(await Promise.all(config.okta.orgs.map(({ domain }) => checkSchedule(client, domain)))),
      ];
    }),
  );
}

async function checkTaskQueue(client: Client, taskQueue: string): Promise<CheckLine> {
  const { namespace } = client.options;
  const { workers, version, current, getsRuns } = await pollersOf(client.workflowService, {
    namespace,
    taskQueue,
    withinSeconds: SECONDS_OF_A_POLL,
  });
  const what = `Task queue ${taskQueue}`;
  if (workers.size === 0)
    return { what, ok: true, detail: 'no worker polls it', advice: 'Start a worker: okta-graph worker' };
  const detail = `polled by ${countOf(workers.size, 'worker')}`;
  if (getsRuns) return { what, ok: true, detail };
  const currentName = current ? `${current.deploymentName}.${current.buildId}` : 'none is current';
  return {
    what,
    ok: false,
    detail: `${detail}, none of the current version (${currentName}), so runs wait`,
    advice: `Make the version of a worker current: temporal worker deployment set-current-version ${flagsFor(version, current)}`,
  };
}

/** Flags that make a worker's version current, or that give runs back to workers without one. */
function flagsFor(version: Version | undefined, current: Version | undefined): string {
  const name = `--deployment-name ${(version ?? current)?.deploymentName}`;
  return `${name} ${version ? `--build-id ${version.buildId}` : '--unversioned'}`;
}

async function checkSchedule(client: Client, domain: string): Promise<CheckLine> {
  const what = `Schedule ${domain}`;
  const schedule = await describeSchedule(client, domain);
  const detail = scheduleText(schedule, new Date());
  if (schedule?.state.paused)
    return {
      what,
      ok: true,
      detail,
      advice: 'No run is scheduled. To resume it: okta-graph schedule resume',
    };
  if (schedule) return { what, ok: true, detail };
  return { what, ok: true, detail: 'none yet', advice: 'Create it: okta-graph schedule apply' };
}

function checkNeo4j(config: Config, okta: Promise<CheckLine[]>): Promise<CheckLine[]> {
  return attempt('Neo4j', () =>
    withGraph(config, async (db) => [
      await checkVersion(db, config.neo4j.uri),
      await checkPrivileges(db),
      await checkSchema(db),
      ...(await failedIndexes(db)).map(failedIndexLine),
      ...missingExploreLines(await missingExploreIndexes(db)),
      ...(await selectionLines(db, config)),
      ...(await attributeLines(db, config)),
      ...(await namedGroupLines(db, config)),
      ...(await movedOrgs(db, organizationsOf(await okta))).map(movedOrgLine),
    ]),
  );
}

async function checkVersion(db: GraphDatabase, uri: string): Promise<CheckLine> {
  const { version, edition } = await serverOf(db);
  const detail = `${uri}, version ${version} ${edition}`;
  if (isNewEnough(version)) return { what: 'Neo4j', ok: true, detail };
  return { what: 'Neo4j', ok: false, detail, advice: 'Upgrade Neo4j to 5.26 or newer.' };
}

/** Codes of failures that say nothing about the user's privileges. */
const UNREACHABLE: ReadonlySet<Code> = new Set<Code>(['GRAPH_UNREACHABLE', 'GRAPH_DATABASE_UNAVAILABLE']);

async function checkPrivileges(db: GraphDatabase): Promise<CheckLine> {
  const what = 'Neo4j privileges';
  try {
    await tryPrivileges(db);
    return { what, ok: true, detail: 'can read, write, and create constraints and indexes' };
  } catch (error) {
    const explained = explainNeo4jError(error);
    if (!explained || UNREACHABLE.has(explained.code)) throw error;
    return failed(what, explained);
  }
}

async function checkSchema(db: GraphDatabase): Promise<CheckLine> {
  const what = 'Neo4j constraints';
  const { present, missing, conflicts } = await schemaState(db);
  if (conflicts.length > 0) {
    const fact = `conflict with those of another tool: ${conflicts.join('; ')}`;
    return failed(what, { fact, advice: CODES.GRAPH_SCHEMA.advice });
  }
  const pending = missing === 0 ? '' : `; the next run creates ${missing} more`;
  return { what, ok: true, detail: `${present} constraints and indexes exist${pending}` };
}

function organizationsOf(lines: readonly CheckLine[]): { domain: string; id: string }[] {
  return lines.flatMap(({ organization }) => organization ?? []);
}

function movedOrgLine({ domain, knownAs }: MovedOrg): CheckLine {
  return {
    what: `Org ${domain}`,
    ok: false,
    detail: `the graph has this org under ${knownAs}, so no run of ${domain} can start`,
    advice: `If the org has moved, run: okta-graph rename-org ${knownAs} ${domain}`,
  };
}

function failedIndexLine(name: string): CheckLine {
  return {
    what: 'Neo4j index',
    ok: true,
    detail: `${name} could not be built, most likely because a value is too long for an index; runs continue without it`,
    advice: `The next run builds it again. If that fails, run in Neo4j: DROP INDEX ${name}`,
  };
}

function missingExploreLines(names: readonly string[]): CheckLine[] {
  if (names.length === 0) return [];
  const detail = `missing: ${names.join(', ')}; runs do not need them, the console does, to search and list`;
  const advice = 'Start a console that is not read-only, which creates them: okta-graph console';
  return [{ what: 'Console indexes', ok: true, detail, advice }];
}

async function attempt(what: string, work: () => Promise<CheckLine[]>): Promise<CheckLine[]> {
  try {
    const detail = `did not respond within ${TIMEOUT_MS / 1000} s`;
    return (await within(TIMEOUT_MS, work())) ?? [{ what, ok: false, detail }];
  } catch (error) {
    if (error instanceof Explained) return [failed(what, error)];
    return [{ what, ok: false, detail: internalErrorText(error) }];
  }
}

function failed(what: string, { fact, advice }: Pick<AdvisedError, 'fact' | 'advice'>): CheckLine {
  return { what, ok: false, detail: fact, ...(advice !== undefined && { advice }) };
}
