import { z } from '@hono/zod-openapi';

/** A time in ISO 8601, UTC. */
export const time = z.iso.datetime();

/** A number of things. */
export const count = z.int().min(0);

/** The parameter of a path that names an org. */
export const domain = z.string().describe('The domain of an org, such as `acme.okta.com`.');

/** Allows null next to a schema with a name, whose `nullable` the generator of the document does not keep. */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]);

/** Converts milliseconds since the epoch to {@link time}. */
export const timeOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Describes a response in JSON. */
export const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});
