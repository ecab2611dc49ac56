import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { nodePage, type Found, type Membership } from '../../graph/read/explore';
import { list } from '../../graph/read/nodeList';
import { historyStart } from '../../queries/proof';
import type { ConsoleEnv, Services } from '../env';
import { isUncovered, notADayText, pastDay, uncoveredText } from '../pastDay';
import { API } from './openApi';
import { cursorNumber, cursorOf, next, paging, readCursor } from './paging';
import { Problem, PROBLEMS } from './problem';
import { count, domain, json, time, timeOf } from './values';

const KINDS = [
  ['users', 'User'],
  ['groups', 'Group'],
] as const;

const ITEM = {
  id: z.string().describe("Okta's id."),
  name: z.string().nullable(),
  detail: z.string().nullable().describe("A user's email, a group's description."),
  kind: z.string().nullable().describe("A user's status, a group's type."),
  isDeleted: z.boolean().describe('True if Okta has deleted it; its data is the last known.'),
  isMissing: z
    .boolean()
    .describe(
      'True if Okta has answered that it does not have it, and its removal is not confirmed or is withheld.',
    ),
};

const NodeList = z.object({ items: z.array(z.object(ITEM)), next }).openapi('UserOrGroupPage');

const MembershipSchema = z
  .object({
    ...ITEM,
    validFrom: time.nullable().describe("The first read that showed it, by Okta's clock; null if unknown."),
    notBefore: time.nullable().describe('The read before, which did not show it.'),
    validTo: time.nullable().describe('The first read that no longer showed it; null while it is valid.'),
    endedAfter: time.nullable().describe('The last read that showed it.'),
  })
  .describe('The group of a user, or the member of a group.')
  .openapi('Membership');

const Node = z
  .object({
    id: ITEM.id,
    isDeleted: ITEM.isDeleted,
    isMissing: ITEM.isMissing,
    properties: z
      .record(z.string(), z.string())
      .describe('The latest known values, by the names of the properties in the graph.'),
    at: z.iso.date().nullable().describe('The day at the end of which memberships are shown; null for now.'),
    historySince: time.nullable().describe('Start of the history that is kept; null if none is.'),
    memberships: z
      .object({ total: count, items: z.array(MembershipSchema), next })
      .nullable()
      .describe('Null if they are not known, because the history does not reach back to that day.'),
    note: z.string().nullable().describe('Why memberships are not known.'),
  })
  .openapi('UserOrGroup');

/** Adds the routes of users and groups. */
export function addNodes(api: OpenAPIHono<ConsoleEnv>, { db, config }: Services): void {
  for (const [plural, label] of KINDS) {
    const listRoute = createRoute({
      method: 'get',
      path: `${API}/orgs/{domain}/${plural}`,
      operationId: `list${label}s`,
      summary: `The ${plural} of an org`,
      request: {
        params: z.object({ domain }),
        query: z.strictObject({
          ...paging,
          kind: z
            .string()
            .optional()
            .describe(label === 'User' ? 'A status, such as `ACTIVE`.' : 'A type, such as `OKTA_GROUP`.'),
        }),
      },
      responses: { 200: json(`A page of ${plural}, by name.`, NodeList), ...PROBLEMS },
    });
    api.openapi(listRoute, async (c) => {
      const { limit, after, kind } = c.req.valid('query');
      const last = after === undefined ? undefined : readCursor(z.tuple([z.string(), z.string()]), after);
      const found = await list(db, c.req.valid('param').domain, {
        label,
        atMost: limit,
        ...(kind !== undefined && { kind: kind.toUpperCase() }),
        ...(last && { after: last[0], afterName: last[1] }),
      });
      const end = found.items.at(-1);
      return c.json(
        {
          items: found.items.map(itemOf),
          next: end && found.hasMore ? cursorOf(end.id, end.name ?? '') : null,
        },
        200,
      );
    });

    const route = createRoute({
      method: 'get',
      path: `${API}/orgs/{domain}/${plural}/{id}`,
      operationId: `get${label}`,
      summary: `A ${label.toLowerCase()} with its memberships, now or on a date`,
      request: {
        params: z.object({ domain, id: ITEM.id }),
        query: z.strictObject({
          ...paging,
          at: z.string().optional().openapi({
            format: 'date',
            description: 'A day in UTC, such as `2026-11-24`, not in the future.',
          }),
        }),
      },
      responses: { 200: json(`The ${label.toLowerCase()}.`, Node), ...PROBLEMS },
    });
    api.openapi(route, async (c) => {
      const { domain: name, id } = c.req.valid('param');
      const { limit, after, at } = c.req.valid('query');
      const day = at === undefined ? undefined : pastDay(at);
      if (at !== undefined && !day) throw new Problem('invalid-request', notADayText(at));
      const [skip] = after === undefined ? [0] : readCursor(z.tuple([cursorNumber]), after);
      const [node, sinceMs] = await Promise.all([
        nodePage(db, name, { label, id, skip, atMost: limit, ...(day && { atMs: day.endMs }) }),
        historyStart(db, name, new Date(), config.sync.historyRetentionMs),
      ]);
      if (!node) throw new Problem('not-found', `The graph never had this ${label.toLowerCase()}.`);
      const isUnknown = day !== undefined && isUncovered(day, sinceMs);
      const { total, memberships, properties, isDeleted, isMissing } = node;
      const end = skip + memberships.length;
      const shown = {
        total,
        items: memberships.map(membershipOf),
        next: memberships.length > 0 && end < total ? cursorOf(end) : null,
      };
      return c.json(
        {
          id,
          isDeleted,
          isMissing,
          properties,
          at: day?.text ?? null,
          historySince: timeOf(sinceMs ?? null),
          memberships: isUnknown ? null : shown,
          note: isUnknown ? uncoveredText(sinceMs) : null,
        },
        200,
      );
    });
  }
}

function itemOf({ id, name, detail, kind, isDeleted, isMissing }: Found) {
  return { id, name, detail, kind, isDeleted, isMissing };
}

function membershipOf({ validFromMs, notBeforeMs, validToMs, endedAfterMs, ...other }: Membership) {
  return {
    ...itemOf(other),
    validFrom: timeOf(validFromMs),
    notBefore: timeOf(notBeforeMs),
    validTo: timeOf(validToMs),
    endedAfter: timeOf(endedAfterMs),
  };
}
