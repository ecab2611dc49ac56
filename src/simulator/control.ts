import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { ACCESS_OPERATIONS, performOnAccess } from './access/operations';
import { errorAnswer, jsonAnswer } from './answer';
import { CHURN_PLAN } from './churnPlan';
import type { Credentials } from './credentials';
import { notFound, OktaError } from './errors';
import { FAULT_RULE, type Faults } from './faults';
import type { EventHookOptions } from './log/eventHook';
import type { EventHooks } from './log/eventHooks';
import type { Flood } from './log/flood';
import type { Org } from './org';
import { send } from './send';
import { changeSettings, type Settings, SETTINGS_CHANGE } from './settings';
import type { Stats } from './stats';

/** Parts of the simulator that the control routes change. */
export interface Controlled {
  readonly org: Org;
  readonly settings: Settings;
  readonly faults: Faults;
  readonly stats: Stats;
  readonly credentials: Credentials;
  readonly hooks: EventHooks;
  /** Accepted `Host` headers. */
  readonly hosts: ReadonlySet<string>;
}

const id = z.string();
const profile = z.record(z.string(), z.json());

const OPERATION = z.discriminatedUnion('operation', [
  ...ACCESS_OPERATIONS,
  z.strictObject({ operation: z.literal('addUser'), profile: profile.optional() }),
  z.strictObject({ operation: z.literal('renameUser'), userId: id, profile: profile.optional() }),
  z.strictObject({ operation: z.literal('deactivateUser'), userId: id }),
  z.strictObject({ operation: z.literal('deleteUser'), userId: id }),
  z.strictObject({ operation: z.literal('suspendUser'), userId: id }),
  z.strictObject({ operation: z.literal('unsuspendUser'), userId: id }),
  z.strictObject({ operation: z.literal('activateUser'), userId: id }),
  z.strictObject({ operation: z.literal('recordLogin'), userId: id }),
  z.strictObject({ operation: z.literal('addGroup'), profile: profile.optional() }),
  z.strictObject({ operation: z.literal('renameGroup'), groupId: id, name: z.string().optional() }),
  z.strictObject({ operation: z.literal('deleteGroup'), groupId: id }),
  z.strictObject({
    operation: z.literal('addMembership'),
    groupId: id,
    userId: id,
    movesStamp: z.boolean().optional(),
    ruleId: id.optional(),
  }),
  z.strictObject({
    operation: z.literal('removeMembership'),
    groupId: id,
    userId: id,
    movesStamp: z.boolean().optional(),
    ruleId: id.optional(),
  }),
]);

const NEW_TOKEN = z.strictObject({ token: z.string().min(1) });

/** A change to make with `POST /simulator/do`. */
export type Operation = z.infer<typeof OPERATION>;

/** Handles a call to `/simulator/...`. Never rejects. */
export async function control(
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  try {
    const route = `${request.method} ${pathname}`;
    if (route === 'GET /simulator/truth') return await stream(truthLines(controlled.org), response);
    if (route === 'GET /simulator/truth/access')
      return await stream(accessTruthLines(controlled.org), response);
    const body = request.method === 'POST' && !route.endsWith('/reset') ? await json(request) : undefined;
    send(response, jsonAnswer(Buffer.from(JSON.stringify(await answer(controlled, route, body)))));
  } catch (error) {
    if (response.headersSent) response.destroy();
    else send(response, errorAnswer(error instanceof OktaError ? error : badRequest(error)));
  }
}

/** @throws OktaError, ZodError. */
async function answer(
  { org, settings, faults, stats, credentials, hooks }: Controlled,
  route: string,
  body: unknown,
): Promise<object> {
  switch (route) {
    case 'POST /simulator/churn':
      return org.churn(CHURN_PLAN.parse(body));
    case 'POST /simulator/import':
      return org.import(CHURN_PLAN.parse(body));
    case 'POST /simulator/flood':
      org.flood(body as Flood);
      return org.log.counts;
    case 'GET /simulator/log':
      return org.log.counts;
    case 'POST /simulator/hook':
      return hooks.set(body as EventHookOptions);
    case 'GET /simulator/hook':
      return hooks.report ?? {};
    case 'POST /simulator/hook/reset':
      hooks.remove();
      return {};
    case 'POST /simulator/do':
      return perform(org, OPERATION.parse(body));
    case 'POST /simulator/settings':
      changeSettings(settings, SETTINGS_CHANGE.parse(body));
      return settings;
    case 'POST /simulator/token':
      credentials.token = NEW_TOKEN.parse(body).token;
      return {};
    case 'POST /simulator/faults':
      faults.set(z.array(FAULT_RULE).parse(body));
      return faults.report();
    case 'GET /simulator/faults':
      return faults.report();
    case 'GET /simulator/stats':
      return stats.snapshot();
    case 'POST /simulator/stats/reset':
      stats.reset();
      return stats.snapshot();
    case 'GET /simulator/counts':
      return { ...org.truth().counts, callsNeeded: org.callsNeeded() };
    default:
      throw notFound(route, 'Endpoint');
  }
}

/** @returns the id of what is new, or `changed`, which is true if a membership or an assignment changed. */
function perform(org: Org, change: Operation): { id?: string; changed?: boolean } {
  switch (change.operation) {
    case 'addUser':
      return { id: org.addUser(change.profile) };
    case 'renameUser':
      org.renameUser(change.userId, change.profile);
      return {};
    case 'deactivateUser':
    case 'deleteUser':
    case 'suspendUser':
    case 'unsuspendUser':
    case 'activateUser':
    case 'recordLogin':
      org[change.operation](change.userId);
      return {};
    case 'addGroup':
      return { id: org.addGroup(change.profile) };
    case 'renameGroup':
      org.renameGroup(change.groupId, change.name);
      return {};
    case 'deleteGroup':
      org.deleteGroup(change.groupId);
      return {};
    case 'addMembership':
    case 'removeMembership':
      return {
        changed: org[change.operation](change.groupId, change.userId, change.movesStamp, change.ruleId),
      };
    default:
      return performOnAccess(org.access, change);
  }
}

/** Streams one JSON object per line. */
async function stream(lines: Generator<string>, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  await pipeline(Readable.from(lines), response);
}

/** Yields `{ counts }`, then `{ user }`, `{ group }` and `{ edge: [userId, groupId] }`. */
function* truthLines(org: Org): Generator<string> {
  const truth = org.truth();
  yield line({ counts: truth.counts });
  for (const user of truth.users()) yield line({ user });
  for (const group of truth.groups()) yield line({ group });
  for (const edge of truth.edges()) yield line({ edge });
}

/** Yields `{ counts }`, then `{ app }`, `{ appUser }`, `{ appGroup }`, `{ role }` and `{ rule }`; see `AccessTruth`. */
function* accessTruthLines(org: Org): Generator<string> {
  const truth = org.truth().access;
  yield line({ counts: truth.counts });
  for (const app of truth.apps()) yield line({ app });
  for (const appUser of truth.appUsers()) yield line({ appUser });
  for (const appGroup of truth.appGroups()) yield line({ appGroup });
  for (const role of truth.roles()) yield line({ role });
  for (const rule of truth.rules()) yield line({ rule });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function badRequest(error: unknown): OktaError {
  const cause = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
  return new OktaError(400, 'E0000001', 'Invalid request to the simulator', [cause]);
}
