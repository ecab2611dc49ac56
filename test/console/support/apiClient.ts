import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020';
import { randomUUID } from 'node:crypto';
import { newTokenText, tokenHash } from '../../../src/console/api/tokenText';
import type { GraphDatabase } from '../../../src/graph/database';
import { addApiToken, type TokenScope } from '../../../src/graph/write/apiTokens';
import { send } from '../../../dev/lab/browser/browser';

/** The parts of an OpenAPI document that the tests use. */
export interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, object> }> }>>;
}

interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // oxlint-disable-next-line typescript/no-explicit-any -- a response is what a test says it is
  body: any;
}

/** A program that uses the API of a console. It checks each response against the OpenAPI document. */
export class ApiClient {
  private readonly ajv = new Ajv2020({ strict: false, formats: FORMATS });

  private constructor(
    readonly url: string,
    private readonly token: string,
    readonly openApi: OpenApi,
  ) {
    this.ajv.addSchema({ ...(closed(openApi) as object), $id: 'openapi' });
  }

  static async open(url: string, token: string): Promise<ApiClient> {
    const { body } = await send(`${url}/api/v1/openapi.json`);
    return new ApiClient(url, token, JSON.parse(body) as OpenApi);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answered> {
    return this.send('GET', path, { headers });
  }

  post(path: string, body: unknown): Promise<Answered> {
    const headers = { 'content-type': 'application/json' };
    return this.send('POST', path, { headers, body: JSON.stringify(body) });
  }

  /** All items of a list, in pages of `limit`. */
  async all(path: string, limit: number): Promise<{ items: object[]; pages: Answered['body'][] }> {
    const pages: Answered['body'][] = [];
    for (let after: string | null = ''; after !== null;) {
      const query = new URLSearchParams({ limit: `${limit}`, ...(after !== '' && { after }) });
      const { status, body } = await this.get(`${path}${path.includes('?') ? '&' : '?'}${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      assert.ok(body.items.length <= limit);
      pages.push(body);
      after = body.next;
    }
    return { items: pages.flatMap(({ items }) => items as object[]), pages };
  }

  async send(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answered> {
    const authorization = { authorization: `Bearer ${this.token}` };
    const sent = { method, headers: { ...authorization, ...headers }, ...(body !== undefined && { body }) };
    const answer = await send(`${this.url}/api/v1${path}`, sent);
    assert.equal(answer.headers['set-cookie'], undefined, 'the API sets no cookies');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    const type = String(answer.headers['content-type']);
    const parsed = JSON.parse(answer.body) as unknown;
    if (answer.status >= 400) {
      assert.equal(type, 'application/problem+json');
      this.check('openapi#/components/schemas/Problem', parsed);
      assert.equal((parsed as { status: number }).status, answer.status);
    } else this.check(this.schemaOf(method, path, answer.status), parsed);
    return { status: answer.status, headers: answer.headers, body: parsed };
  }

  private schemaOf(method: string, path: string, status: number): string {
    const [plain = ''] = `/api/v1${path}`.split('?');
    const found = Object.keys(this.openApi.paths).find((each) =>
      new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
    );
    assert.ok(found, `${plain} is not in the document`);
    const pointer = ['paths', found, method.toLowerCase(), 'responses', `${status}`, 'content'];
    const escaped = [...pointer, 'application/json', 'schema'].map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    return `openapi#/${escaped.join('/')}`;
  }

  private check(reference: string, value: unknown): void {
    const validate = this.ajv.getSchema(reference);
    assert.ok(validate, `${reference} is not in the document`);
    assert.ok(validate(value), `${reference}: ${this.ajv.errorsText(validate.errors)}`);
  }
}

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  date: /^\d{4}-\d\d-\d\d$/,
};

/** The document without room for fields that it does not name. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closed(each)]));
  const isObject = 'properties' in value && 'type' in value && !('additionalProperties' in value);
  return isObject ? { ...copy, additionalProperties: false } : copy;
}

/** Stores a token. @returns its text. */
export async function tokenIn(
  db: GraphDatabase,
  scope: TokenScope,
  { expiresMs = null }: { expiresMs?: number | null } = {},
): Promise<string> {
  const text = newTokenText();
  const token = { id: randomUUID(), hash: tokenHash(text), name: TEST_TOKEN, scope, createdBy: 'a test' };
  assert.ok(await addApiToken(db, { ...token, createdMs: Date.now(), expiresMs }, 1_000));
  return text;
}

const TEST_TOKEN = `of a test ${randomUUID()}`;

/** Removes the tokens that this process has stored. */
export async function removeTokens(db: GraphDatabase): Promise<void> {
  await db.run('MATCH (t:ApiToken {name: $name}) DELETE t', { name: TEST_TOKEN });
}
