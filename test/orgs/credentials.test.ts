import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { inspect } from 'node:util';
import { ConfigError, loadConfig, type Config, type Environment } from '../../src/config';
import { removeCredentials, writeCredentials } from '../../src/orgs/credentialStore';
import { Secret } from '../../src/orgs/secret';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { newApp, pemOf } from '../../dev/lab/org/serviceApp';

const TOKEN = '00aSecretTokenOfAnAdmin';
const { privateKey, privateJwk } = newApp();
const RSA_1024 = pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
const ED25519 = pemOf(generateKeyPairSync('ed25519').privateKey);

const load = (environment: Environment): Config => loadConfig({ NEO4J_PASSWORD: 'none', ...environment });

function faultsOf(environment: Environment): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.faults;
  }
  return [];
}

const revealed = ({ okta }: Pick<Config, 'okta'>) =>
  okta.orgs.map(({ domain, credentials }) =>
    credentials.kind === 'token'
      ? [domain, credentials.token.reveal()]
      : [domain, credentials.clientId, credentials.privateKey.reveal()],
  );

describe('the credentials of the single org', () => {
  const files = credentialsFolder();
  const app = (environment: Environment): Environment => ({
    OKTA_DOMAIN: 'acme.okta.com',
    OKTA_CLIENT_ID: '0oa1',
    OKTA_PRIVATE_KEY: privateKey,
    ...environment,
  });

  for (const [what, key] of [
    ['PEM', privateKey],
    ['a JWK', privateJwk],
  ] as const) {
    it(`are a service app with a key in ${what}, also from a file`, () => {
      assert.deepEqual(revealed(load(app({ OKTA_PRIVATE_KEY: key }))), [['acme.okta.com', '0oa1', key]]);
      const path = files.write('key', `${key.trim()}\n`);
      const config = load(app({ OKTA_PRIVATE_KEY: undefined, OKTA_PRIVATE_KEY_FILE: path }));
      assert.deepEqual(revealed(config), [['acme.okta.com', '0oa1', key.trim()]]);
    });
  }

  const FAULTS: readonly [what: string, environment: Environment, fault: RegExp][] = [
    [
      'a token in addition to a service app',
      { OKTA_API_TOKEN: TOKEN },
      /^OKTA_API_TOKEN and OKTA_CLIENT_ID are both set; keep either the token or the service app$/,
    ],
    [
      'no key',
      { OKTA_PRIVATE_KEY: '' },
      /^OKTA_PRIVATE_KEY is required together with OKTA_CLIENT_ID, PEM or JWK$/,
    ],
    ['no client id', { OKTA_CLIENT_ID: '' }, /^OKTA_CLIENT_ID is required together with OKTA_PRIVATE_KEY$/],
    ['a client id with a space', { OKTA_CLIENT_ID: '0oa 1' }, /^OKTA_CLIENT_ID contains a character/],
    ['no key at all in the key', { OKTA_PRIVATE_KEY: TOKEN }, /^OKTA_PRIVATE_KEY is neither .* PEM.* JWK$/],
    [
      'a public JWK',
      { OKTA_PRIVATE_KEY: JSON.stringify({ ...JSON.parse(privateJwk), d: undefined }) },
      /^OKTA_PRIVATE_KEY is neither/,
    ],
    ['a short key', { OKTA_PRIVATE_KEY: RSA_1024 }, /^OKTA_PRIVATE_KEY must have at least 2048 bits$/],
    ['a key of a kind that Okta does not take', { OKTA_PRIVATE_KEY: ED25519 }, /must be an RSA or EC key/],
    [
      'a key and its file',
      { OKTA_PRIVATE_KEY_FILE: '/no/such/file' },
      /^OKTA_PRIVATE_KEY and OKTA_PRIVATE_KEY_FILE are both set; keep one$/,
    ],
    [
      'a file that is not there',
      { OKTA_PRIVATE_KEY: '', OKTA_PRIVATE_KEY_FILE: '/no/such/file' },
      /^OKTA_PRIVATE_KEY_FILE cannot be read: ENOENT/,
    ],
  ];
  for (const [what, environment, fault] of FAULTS) {
    it(`are refused with ${what}, in one fault that repeats no secret`, () => {
      const faults = faultsOf(app(environment));
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', fault);
      for (const secret of [TOKEN, privateKey.slice(60, 100)])
        assert.ok(!faults[0]?.includes(secret), 'the fault repeats the secret');
    });
  }

  it('are read again from their file, and never from elsewhere', () => {
    const path = files.write('token', TOKEN);
    const config = load({ OKTA_DOMAIN: 'acme.okta.com', OKTA_API_TOKEN_FILE: path });
    files.write('token', '00aNewToken');
    assert.deepEqual(revealed(config), [['acme.okta.com', TOKEN]]);
    assert.deepEqual(revealed({ okta: { ...config.okta, ...config.okta.readOrgs() } }), [
      ['acme.okta.com', '00aNewToken'],
    ]);
    rmSync(path);
    assert.deepEqual(config.okta.readOrgs().orgs, []);
    assert.match(config.okta.readOrgs().faults.join(), /OKTA_API_TOKEN_FILE cannot be read/);
  });
});

describe('a directory of credentials', () => {
  const files = credentialsFolder();
  const directory = (): Environment => ({ OKTA_CREDENTIALS_DIR: files.path('') });

  it('has one org a file, with a token or a service app', () => {
    files.write('b.okta.com.json', { domain: 'b.okta.com', token: TOKEN });
    files.write('a.okta.com.json', { domain: 'https://A.okta.com/', clientId: '0oa1', privateKey });
    files.write('c.okta.com.json', {
      domain: 'c.okta.com',
      clientId: '0oa2',
      privateKey: JSON.parse(privateJwk) as object,
    });
    files.write('README.txt', 'not an org');
    const config = load(directory());
    assert.deepEqual(revealed(config), [
      ['a.okta.com', '0oa1', privateKey],
      ['b.okta.com', TOKEN],
      ['c.okta.com', '0oa2', privateJwk],
    ]);
    const printed = [JSON.stringify(config), inspect(config, { depth: null, showHidden: true })].join();
    for (const secret of [TOKEN, privateKey.slice(60, 100)])
      assert.ok(!printed.includes(secret), 'the secret is printed');
  });

  it('adds to the single org of the environment', () => {
    files.write('b.okta.com.json', { domain: 'b.okta.com', token: 'b' });
    const both = { ...directory(), OKTA_DOMAIN: 'acme.okta.com', OKTA_API_TOKEN: 'a' };
    assert.deepEqual(revealed(load(both)), [
      ['acme.okta.com', 'a'],
      ['b.okta.com', 'b'],
    ]);
    files.write('acme.okta.com.json', { domain: 'acme.okta.com', token: 'another' });
    assert.match(faultsOf(both).join(), /^OKTA_DOMAIN and .* both have acme\.okta\.com; keep one$/);
  });

  it('needs the whole of the single org where a part of it is set', () => {
    files.write('b.okta.com.json', { domain: 'b.okta.com', token: 'b' });
    assert.match(faultsOf({ ...directory(), OKTA_API_TOKEN: 'a' }).join(), /^OKTA_DOMAIN is not set/);
    assert.match(
      faultsOf({ ...directory(), OKTA_DOMAIN: 'a.okta.com' }).join(),
      /^OKTA_API_TOKEN is required/,
    );
  });

  it('may be empty, and must be there', () => {
    const { okta, warnings } = loadConfig({ ...directory(), NEO4J_PASSWORD: 'p' });
    assert.deepEqual(okta.orgs, []);
    assert.match(warnings.join(), /^No org is configured yet/);
    const missing = faultsOf({ OKTA_CREDENTIALS_DIR: files.path('missing') });
    assert.equal(missing.length, 1);
    assert.match(missing[0] ?? '', /^OKTA_CREDENTIALS_DIR cannot be read: ENOENT/);
  });

  it('reports the faults of all its files at once, and no secret', () => {
    files.write('a.okta.com.json', `{"domain": "a.okta.com", "token": ${TOKEN}`);
    files.write('b.okta.com.json', { domain: 'c.okta.com', token: TOKEN });
    files.write('c.okta.com.json', { domain: 'c.okta.com' });
    files.write('d.okta.com.json', { domain: 'd.okta.com', token: TOKEN, clientId: 'x', privateKey });
    files.write('e.okta.com.json', { token: TOKEN });
    files.write('f.okta.com.json', { domain: 'f.okta.com', token: TOKEN, password: TOKEN });
    files.write('g-admin.okta.com.json', { domain: 'g-admin.okta.com', token: TOKEN });
    files.write('h.okta.com.json', { domain: '../h.okta.com', token: TOKEN });
    const faults = faultsOf(directory()).map((fault) => fault.replace(files.path('/'), ''));
    const expected = [
      /^a\.okta\.com\.json is not JSON; write/,
      /^b\.okta\.com\.json contains the domain c\.okta\.com: rename it to c\.okta\.com\.json$/,
      /^c\.okta\.com\.json token is required/,
      /^d\.okta\.com\.json token and clientId are both set/,
      /^e\.okta\.com\.json domain /,
      /^f\.okta\.com\.json .*"password"/,
      /^g-admin\.okta\.com\.json domain g-admin\.okta\.com is the admin console/,
      /^h\.okta\.com\.json domain must not contain a path/,
    ];
    assert.equal(faults.length, expected.length, faults.join('\n'));
    expected.forEach((fault, i) => assert.match(faults[i] ?? '', fault));
    assert.ok(!faults.join('\n').includes(TOKEN), 'a fault repeats the token');
  });

  for (const mode of [0o640, 0o604, 0o660]) {
    it(`refuses a file of mode ${mode.toString(8)}, and says how to fix it`, () => {
      const path = files.write('a.okta.com.json', { domain: 'a.okta.com', token: TOKEN });
      chmodSync(path, mode);
      assert.deepEqual(faultsOf(directory()), [
        `${path} can be read by others (mode ${mode.toString(8)}); run: chmod 600 ${path}`,
      ]);
      chmodSync(path, 0o400);
      assert.deepEqual(faultsOf(directory()), []);
    });
  }

  it('is refused where others may write into it, with all that is in it', () => {
    files.write('a.okta.com.json', { domain: 'a.okta.com', token: TOKEN });
    const config = load(directory());
    chmodSync(files.path(''), 0o777);
    const [fault, ...others] = faultsOf(directory());
    assert.match(
      fault ?? '',
      /^OKTA_CREDENTIALS_DIR points to .*, which can be written by others \(mode 777\)/,
    );
    assert.deepEqual(others, []);
    const { orgs, isUnread } = config.okta.readOrgs();
    assert.deepEqual([orgs, isUnread('a.okta.com')], [[], true]);
  });

  it('refuses a FIFO and a file of megabytes, each by its name', () => {
    execFileSync('mkfifo', ['-m', '600', files.path('a.okta.com.json')]);
    files.write('b.okta.com.json', 'x'.repeat(2_000_000));
    assert.deepEqual(faultsOf(directory()), [
      `${files.path('a.okta.com.json')} is a FIFO, not a file`,
      `${files.path('b.okta.com.json')} is larger than 64 KiB; keep only the secret in it`,
    ]);
  });

  it('gives the orgs that can be read where a later one cannot', () => {
    files.write('a.okta.com.json', { domain: 'a.okta.com', token: 'a' });
    const config = load(directory());
    files.write('b.okta.com.json', '{"domain": "b.ok');
    const { orgs, faults } = config.okta.readOrgs();
    assert.deepEqual(
      orgs.map(({ domain }) => domain),
      ['a.okta.com'],
    );
    assert.match(faults.join(), /b\.okta\.com\.json is not JSON/);
  });
});

describe('the store of credentials', () => {
  const files = credentialsFolder();
  const credentials = { kind: 'token', token: new Secret(TOKEN) } as const;
  const OLD = '.11111111-2222-3333-4444-555555555555';
  const NEW = '.99999999-2222-3333-4444-555555555555';
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

  beforeEach(() => {
    for (const [name, minutes] of [
      [OLD, 5],
      [NEW, 0],
    ] as const) {
      chmodSync(files.write(name, TOKEN), 0o600);
      utimesSync(files.path(name), minutesAgo(minutes), minutesAgo(minutes));
    }
    files.write('.keep', 'of somebody else');
  });

  it('removes what a crash left before a file was complete, when it writes the next', async () => {
    await writeCredentials(files.path(''), 'a.okta.com', credentials);
    assert.deepEqual(readdirSync(files.path('')).sort(), ['.keep', NEW, 'a.okta.com.json'].sort());
  });

  it('neither writes nor removes a file outside of its folder, whatever an org is called', async () => {
    const inside = files.path('inside');
    const outside = files.write('victim.json', 'of somebody else');
    const NOT_A_DOMAIN = /must not contain a path|must not end with a dot|is not a host name/;
    for (const domain of ['../victim', `${inside}/../victim`, 'x/../../victim', '/victim', '..', '']) {
      await assert.rejects(writeCredentials(inside, domain, credentials), NOT_A_DOMAIN, `write ${domain}`);
      await assert.rejects(removeCredentials(inside, domain), NOT_A_DOMAIN, `remove ${domain}`);
    }
    assert.equal(readFileSync(outside, 'utf8'), 'of somebody else');
    assert.ok(!existsSync(inside), 'nothing was written');
  });

  it('keeps an org under one name only, that of its file', async () => {
    for (const domain of ['A.okta.com', 'https://a.okta.com', 'a.okta.com/'])
      await assert.rejects(
        writeCredentials(files.path(''), domain, credentials),
        /is not a normalized Okta domain/,
        domain,
      );
  });

  it('removes it with an org, too', async () => {
    await removeCredentials(files.path(''), 'a.okta.com');
    assert.deepEqual(readdirSync(files.path('')).sort(), ['.keep', NEW].sort());
  });
});
