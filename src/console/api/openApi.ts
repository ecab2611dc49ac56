import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { PRODUCT_VERSION } from '../../text/version';
import type { ConsoleEnv } from '../env';

/** The path of every route of the API. */
export const API = '/api/v1';

const route = createRoute({
  method: 'get',
  path: `${API}/openapi.json`,
  operationId: 'getOpenApi',
  summary: 'This document',
  security: [],
  responses: {
    200: {
      description: 'The OpenAPI document of this API.',
      content: {
        'application/json': { schema: z.record(z.string(), z.any()).openapi('OpenApiDocument') },
      },
    },
  },
});

/** Adds the route of the OpenAPI document, which needs no token. */
export function addOpenApi(api: OpenAPIHono<ConsoleEnv>): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token of the console.',
  });
  api.openapi(route, (c) => c.json({ ...openApiOf(api) }, 200));
}

/** Returns the OpenAPI 3.1 document of the routes that an API has. */
export function openApiOf(api: OpenAPIHono<ConsoleEnv>) {
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'okta-graph',
      version: PRODUCT_VERSION,
      description: 'What the console of okta-graph shows, for programs.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
  });
}
