import { z } from '@hono/zod-openapi';
import { BUCKETS, SYNC_MODES } from '../../contract';
import { count, time } from './values';

/** Modes and outcomes of runs. */
export const mode = z.enum(SYNC_MODES);
export const outcome = z.enum(['succeeded', 'partial', 'failed', 'cancelled', 'abandoned']);

const nodes = z.object({ seen: count, created: count, updated: count, deleted: count });
const edges = z.object({ total: count, added: count, removed: count });

/** What went wrong in a run. */
export const Fault = z
  .object({ code: z.string(), message: z.string(), advice: z.string().optional() })
  .openapi('Fault');

const Warning = z
  .object({
    ...Fault.shape,
    userId: z.string().optional(),
    userIds: z.array(z.string()).optional(),
    groupId: z.string().optional(),
    count: count.optional(),
  })
  .openapi('Warning');

/** A report, as `okta-graph report --json` prints it; docs/reports.md has the meaning of its fields. */
export const Report = z
  .object({
    runId: z.string(),
    runNumber: count,
    domain: z.string(),
    mode,
    outcome,
    startedAt: time,
    finishedAt: time,
    durationMs: count,
    users: nodes,
    groups: nodes,
    memberships: z.object({
      groupsRead: count,
      groupsVerified: count.optional(),
      groupsUnchanged: count,
      groupsFailed: count,
      groupsExcluded: count.optional(),
      added: count,
      removed: count,
    }),
    reportingLines: z.object({ ...edges.shape, unresolved: count, ambiguous: count }).optional(),
    access: z
      .object({
        rules: nodes.optional(),
        apps: nodes.optional(),
        assignments: edges.optional(),
        roles: edges.optional(),
      })
      .optional(),
    okta: z.object({
      requests: count,
      requestsByBucket: z.record(z.string(), count),
      rateLimited: count,
      waitedMs: count,
      retries: count,
    }),
    reconciliation: z.object({ memberships: count, usersCount: count }),
    warnings: z.array(Warning),
    warningsOmitted: count,
    approval: z
      .object({
        at: time,
        users: count.optional(),
        groups: count.optional(),
        memberships: count.optional(),
        apps: count.optional(),
        assignments: count.optional(),
        roles: count.optional(),
        rules: count.optional(),
      })
      .optional(),
    failure: Fault.optional(),
  })
  .openapi('Report');

/** How far a run in progress is. */
export const Progress = z
  .object({
    phase: z.enum(['starting', 'users and groups', 'memberships', 'access', 'sweep', 'reporting', 'done']),
    domain: z.string().optional(),
    runId: z.string(),
    runNumber: count.optional(),
    mode: mode.optional(),
    users: z.object({ seen: count, done: z.boolean() }),
    groups: z.object({ seen: count, done: z.boolean() }),
    memberships: z.object({ groupsDone: count, groupsTotal: count.optional() }),
    access: z.object({ done: count, total: count }).optional(),
    waiting: z
      .object({ bucket: z.enum(BUCKETS), until: time, reason: z.enum(['limit', 'refused']) })
      .optional(),
  })
  .openapi('Progress');
