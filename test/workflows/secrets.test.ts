import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import type { Environment } from '../../src/config';
import type { SimulatorOptions } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { logged } from '../../dev/lab/servers/logs';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';
import { Stack } from '../../dev/lab/org/stack';
import { historyText } from './support/historyText';

const APP = newApp();
/** What makes a JWK of this kind a private one. */
const PRIVATE_PARTS = Object.entries(JSON.parse(APP.privateJwk) as Record<string, string>)
  .filter(([name]) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name))
  .map(([, value]) => value);
const AS_APP = { OKTA_API_TOKEN: undefined, OKTA_CLIENT_ID: CLIENT_ID, OKTA_PRIVATE_KEY: APP.privateJwk };

interface Run {
  title: string;
  simulator: SimulatorOptions;
  environment: Environment;
  status: 'COMPLETED' | 'FAILED';
}

const WRONG_TOKEN = '00aTokenThatWasRevokedLongAgo0123456789';

describe('What a run leaves', () => {
  const RUNS: readonly Run[] = [
    { title: 'a run that succeeded', simulator: {}, environment: {}, status: 'COMPLETED' },
    {
      title: 'a run that failed for a wrong token',
      simulator: {},
      environment: { OKTA_API_TOKEN: WRONG_TOKEN },
      status: 'FAILED',
    },
    {
      title: 'a run as a service app',
      simulator: { app: APP.app, oauth: { requiresDpop: true } },
      environment: AS_APP,
      status: 'COMPLETED',
    },
    {
      title: 'a run that failed for a wrong key',
      simulator: { app: newApp().app },
      environment: AS_APP,
      status: 'FAILED',
    },
  ];
  for (const { title, simulator, environment, status } of RUNS) {
    describe(`after ${title}`, () => {
      let stack: Stack;
      let history: string;
      let logs: string;

      before(async function () {
        this.timeout(SERVICE_TIMEOUT_MS);
        stack = await Stack.start({ users: 60, groups: 8, ...simulator }, environment);
        const begun = logged.length;
        const sync = await stack.begin();
        assert.equal(await closed(sync), status);
        history = await historyText(sync);
        // The SDK's core hands its lines over some time after they were written.
        do {
          await new Promise((resolve) => setTimeout(resolve, 100));
          logs = logged
            .slice(begun)
            .map((entry) => inspect(entry, { depth: 20 }))
            .join('\n');
        } while (!/sync(Users|Groups)/.test(logs));
      });
      after(() => stack.stop());

      it('is no secret in its history', () => {
        assert.match(history, /syncUsers|syncGroups/);
        assertHasNone(history, secretsOf(stack));
      });

      it('is no secret in its logs', () => {
        assert.match(logs, /DEBUG/);
        assert.match(logs, /syncUsers|syncGroups/);
        assertHasNone(logs, secretsOf(stack));
      });

      it('is no secret in the graph', async () => {
        const rows = await stack.db.read<{ properties: object }>(
          'MATCH (n) RETURN properties(n) AS properties',
        );
        assert(rows.length > 0, 'the graph has nodes');
        assertHasNone(JSON.stringify(rows), secretsOf(stack));
      });

      it("is nobody's email, login or name in its history or its logs", () => {
        for (const text of [history, logs]) assertHasNone(text, personalDataOf(stack));
      });
    });
  }
});

async function closed(sync: WorkflowHandle): Promise<string> {
  await sync.result().catch(() => undefined);
  return (await sync.describe()).status.name;
}

function secretsOf({ config, sim }: Stack): string[] {
  const credentials = config.okta.orgs[0]?.credentials;
  assert(credentials);
  const { token, accessTokens } = sim.credentials;
  const own = credentials.kind === 'token' ? [credentials.token.reveal()] : PRIVATE_PARTS;
  return [...own, token, ...accessTokens, config.neo4j.password.reveal()];
}

function personalDataOf({ sim }: Stack): string[] {
  const people = [...sim.org.truth().users()].map(({ profile }) => profile as Record<string, unknown>);
  assert.equal(people.length, 60);
  return people
    .flatMap(({ email, login, displayName, lastName }) => [email, login, displayName, lastName])
    .filter((text): text is string => typeof text === 'string' && text.length > 3);
}

/** Neither as it is, nor in capitals, nor in base64 wherever in it. */
function assertHasNone(text: string, unwanted: readonly string[]): void {
  assert(unwanted.length > 0);
  const lower = text.toLowerCase();
  for (const word of unwanted) {
    assert(!lower.includes(word.toLowerCase()), `it holds ${word}`);
    for (const part of base64PartsOf(word)) assert(!text.includes(part), `it holds ${word} in base64`);
  }
}

/** What base64 makes of a text at each of the three offsets that it can have, less the ends, which its neighbors change. */
function base64PartsOf(word: string): string[] {
  return [0, 1, 2]
    .map((offset) =>
      Buffer.concat([Buffer.alloc(offset), Buffer.from(word)])
        .toString('base64')
        .slice(4, -4),
    )
    .filter((part) => part.length > 12);
}
