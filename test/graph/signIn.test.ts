import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphDatabase } from '../../src/graph/database';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';

describe('A Neo4j password in a file', () => {
  const username = `rotated-${randomUUID()}`;
  let folder: string;
  let file: string;
  let system: GraphDatabase;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    folder = await mkdtemp(join(tmpdir(), 'okta-graph-password-'));
    file = join(folder, 'password');
    system = await openGraph({ NEO4J_DATABASE: 'system' });
    await system.run(`CREATE USER \`${username}\` SET PASSWORD $password CHANGE NOT REQUIRED`, {
      password: randomUUID(),
    });
  });
  beforeEach(async () => writeFile(file, await newPassword(), { mode: 0o600 }));
  after(async () => {
    await system.run(`DROP USER \`${username}\` IF EXISTS`);
    await system.close();
    await rm(folder, { recursive: true });
  });

  /** Another password in Neo4j, not yet in the file. */
  async function newPassword(): Promise<string> {
    const password = randomUUID();
    await system.run(`ALTER USER \`${username}\` SET PASSWORD $password CHANGE NOT REQUIRED`, { password });
    return password;
  }

  /** A database whose every query needs a new connection, and so another sign-in. */
  const open = () =>
    openGraph(
      { NEO4J_USERNAME: username, NEO4J_PASSWORD: undefined, NEO4J_PASSWORD_FILE: file },
      { maxConnectionAgeMs: 0 },
    );

  const QUERIES: readonly [kind: string, query: (db: GraphDatabase) => Promise<unknown[]>][] = [
    ['a read', (db) => db.read('RETURN 1 AS one')],
    ['a write', (db) => db.write((tx) => tx.run('RETURN 1 AS one'))],
    ['a statement', (db) => db.run('RETURN 1 AS one')],
  ];
  for (const [kind, query] of QUERIES) {
    it(`is read again when Neo4j refuses the one before, for ${kind}`, async () => {
      const db = await open();
      try {
        await query(db);
        await writeFile(file, `${await newPassword()}\n`, { mode: 0o600 });
        assert.deepEqual(await query(db), [{ one: 1 }]);
      } finally {
        await db.close();
      }
    });
  }

  it('that is not in the file yet is refused, and is used once it is there', async () => {
    const db = await open();
    try {
      await db.read('RETURN 1 AS one');
      const password = await newPassword();
      await assert.rejects(db.read('RETURN 1 AS one'), { code: 'Neo.ClientError.Security.Unauthorized' });
      await writeFile(file, password, { mode: 0o600 });
      assert.deepEqual(await db.read('RETURN 1 AS one'), [{ one: 1 }]);
    } finally {
      await db.close();
    }
  });

  it('that is temporarily missing is no error of its own', async () => {
    const db = await open();
    try {
      await db.read('RETURN 1 AS one');
      await newPassword();
      await writeFile(file, '', { mode: 0o600 });
      await assert.rejects(db.read('RETURN 1 AS one'), { code: 'Neo.ClientError.Security.Unauthorized' });
      await rm(file);
      await assert.rejects(db.read('RETURN 1 AS one'), { code: 'Neo.ClientError.Security.Unauthorized' });
    } finally {
      await db.close();
    }
  });
});
