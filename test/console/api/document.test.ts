import assert from 'node:assert/strict';
import { createApi } from '../../../src/console/api/api';
import { openApiOf } from '../../../src/console/api/openApi';
import type { Services } from '../../../src/console/env';
import { SYSTEM_CLOCK } from '../../../src/console/safety/clock';

describe('The OpenAPI document', () => {
  const services = { config: { showOktaIntegration: true }, settings: {} } as Services;
  const api = createApi(services, SYSTEM_CLOCK);

  it('is valid OpenAPI 3.1', async () => {
    const { Validator } = await import('@seriousme/openapi-schema-validator');
    const validator = new Validator();
    const { valid, errors } = await validator.validate(
      JSON.parse(JSON.stringify(openApiOf(api))) as Record<string, unknown>,
    );
    assert.ok(valid, JSON.stringify(errors));
    assert.equal(validator.version, '3.1');
  });

  it('has every route of the API', () => {
    const documented = Object.entries(openApiOf(api).paths ?? {}).flatMap(([path, operations]) =>
      Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = api.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    assert.deepEqual([...new Set(routes)].sort(), documented.sort());
  });
});
