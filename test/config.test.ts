import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { ConfigError, loadConfig, readEnvironment, type Config, type Environment } from '../src/config';
import type { Secret } from '../src/orgs/secret';
import { temporaryFolder } from '../dev/lab/temporaryFolder';
import { belongingToAnother } from '../dev/lab/anotherUser';

const TOKEN = '00aSecretTokenOfAnAdmin-_0123456789';
const PASSWORD = 'a secret password, spaces & all';
const API_KEY = 'eyJhbGciOi.secret.api.key';

const NOTIFY_KEY = `whsec_${Buffer.from('24 bytes are the minimum').toString('base64')}`;

/** The least that is needed, and no Temporal profile of the developer's own. */
const LEAST: Environment = {
  OKTA_DOMAIN: 'acme.okta.com',
  OKTA_API_TOKEN: TOKEN,
  NEO4J_PASSWORD: PASSWORD,
  TEMPORAL_CONFIG_FILE: join(tmpdir(), 'no-such-profile.toml'),
};

const load = (environment: Environment = {}): Config => loadConfig({ ...LEAST, ...environment });

function faultsOf(environment: Environment): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError, `${String(error)} is not a ConfigError`);
    return error.faults;
  }
  return [];
}

/** The token or the private key of the first org. */
function secretOf({ okta }: Config): Secret | undefined {
  const credentials = okta.orgs[0]?.credentials;
  return credentials?.kind === 'token' ? credentials.token : credentials?.privateKey;
}

const tokenOf = (config: Config): string | undefined => secretOf(config)?.reveal();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Variable {
  /** What it is when the variable is not set; absent where one must set it. */
  byDefault?: unknown;
  read: (config: Config) => unknown;
  good: readonly (readonly [text: string, value: unknown])[];
  bad: readonly (readonly [text: string, fault: RegExp])[];
}

const VARIABLES: Readonly<Record<string, Variable>> = {
  OKTA_DOMAIN: {
    read: ({ okta }) => okta.orgs[0]?.domain,
    good: [['acme.okta.com', 'acme.okta.com']],
    bad: [['', /^OKTA_DOMAIN is not set: set it, such as acme\.okta\.com, or OKTA_CREDENTIALS_DIR/]],
  },
  OKTA_API_TOKEN: {
    read: tokenOf,
    good: [
      [TOKEN, TOKEN],
      [`SSWS ${TOKEN}`, TOKEN],
      [`ssws  ${TOKEN}\n`, TOKEN],
    ],
    bad: [
      ['', /^OKTA_API_TOKEN is required, an API token from Okta/],
      ['two words', /^OKTA_API_TOKEN contains a space or a character that is not allowed in a token/],
      [
        '00tok\r\nX-Injected: 1',
        /^OKTA_API_TOKEN contains a space or a character that is not allowed in a token/,
      ],
      ['00tök', /^OKTA_API_TOKEN contains a space or a character that is not allowed in a token/],
      ['SSWS ', /^OKTA_API_TOKEN /],
    ],
  },
  OKTA_MAX_API_CAPACITY: {
    byDefault: 75,
    read: ({ okta }) => okta.maxApiCapacityPercent,
    good: [
      ['1', 1],
      ['100', 100],
    ],
    bad: ['0', '101', '75%', '7.5', '-1', 'half', '1e2'].map(
      (text) => [text, /must be a whole number from 1 to 100$/] as const,
    ),
  },
  OKTA_MAX_CONCURRENCY: {
    byDefault: 10,
    read: ({ okta }) => okta.maxConcurrency,
    good: [
      ['1', 1],
      ['75', 75],
    ],
    bad: ['0', '76', 'ten', '1.5'].map((text) => [text, /must be a whole number from 1 to 75$/] as const),
  },
  SYNC_INTERVAL: {
    byDefault: 2 * HOUR,
    read: ({ sync }) => sync.intervalMs,
    good: [
      ['1m', MINUTE],
      ['15 minutes', 15 * MINUTE],
      ['1.5h', 1.5 * HOUR],
      ['1d', 24 * HOUR],
    ],
    bad: ['0', '30s', '7200', '90000.5', '-2h', 'daily', '2 hours and a half', '*/2 * * * *'].map(
      (text) => [text, /must be a duration such as 2h, at least 1m$/] as const,
    ),
  },
  WATCH_INTERVAL: {
    byDefault: undefined,
    read: ({ sync }) => sync.watchIntervalMs,
    good: [
      ['10s', 10_000],
      ['90 seconds', 90_000],
      ['1h', HOUR],
      ['off', undefined],
      ['OFF', undefined],
    ],
    bad: ['0', '9s', '20', '61m', '-20s', 'on', 'false', 'always'].map(
      (text) => [text, /must be off, or a duration such as 20s, at least 10s and at most 1h$/] as const,
    ),
  },
  SYNC_FULL_EVERY: {
    byDefault: 24 * HOUR,
    read: ({ sync }) => sync.fullEveryMs,
    good: [
      ['0', 0],
      ['7d', 7 * 24 * HOUR],
    ],
    bad: ['24', '24.0', '24 ', '-1d', 'never'].map(
      (text) => [text, /must be a duration such as 24h/] as const,
    ),
  },
  SYNC_VERIFY: {
    byDefault: 'spread',
    read: ({ sync }) => sync.verify,
    good: [
      ['daily', 'daily'],
      ['spread', 'spread'],
    ],
    bad: ['Daily', 'never', '24h'].map((text) => [text, /must be spread or daily$/] as const),
  },
  SYNC_MAX_DELETE_PERCENT: {
    byDefault: 20,
    read: ({ sync }) => sync.maxDeletePercent,
    good: [
      ['0', 0],
      ['100', 100],
    ],
    bad: ['-1', '101', '20%', '.2'].map((text) => [text, /must be a whole number from 0 to 100$/] as const),
  },
  SYNC_RUN_DEADLINE: {
    byDefault: 12 * HOUR,
    read: ({ sync }) => sync.deadlineMs,
    good: [
      ['90m', 90 * MINUTE],
      ['1.1h', 66 * MINUTE],
      ['366d', 366 * 24 * HOUR],
    ],
    bad: ['0', '10s', '12', 'soon', '367d', '2y', '999y'].map(
      (text) => [text, /must be a duration such as 12h, at least 1m and at most 366d$/] as const,
    ),
  },
  SYNC_RUN_RETENTION: {
    byDefault: 400 * 24 * HOUR,
    read: ({ sync }) => sync.runRetentionMs,
    good: [
      ['0', 0],
      ['90d', 90 * 24 * HOUR],
    ],
    bad: ['90', '1h', '-1d', 'ever'].map(
      (text) => [text, /must be a duration such as 400d, at least 1d, or 0$/] as const,
    ),
  },
  USER_PROPERTIES: {
    byDefault: [],
    read: ({ sync }) => sync.data.promoted.User,
    good: [
      [
        'costCenter, countryCode : country',
        [
          { attribute: 'costCenter', property: 'costCenter' },
          { attribute: 'countryCode', property: 'country' },
        ],
      ],
    ],
    bad: [
      [
        'costCenter,',
        /^USER_PROPERTIES has "": expected the name of a profile attribute, or attribute:property/,
      ],
      ['costCenter:login', /^USER_PROPERTIES cannot use the property login, which okta-graph writes itself/],
    ],
  },
  GROUP_PROPERTIES: {
    byDefault: [],
    read: ({ sync }) => sync.data.promoted.Group,
    good: [['dn', [{ attribute: 'dn', property: 'dn' }]]],
    bad: [['description', /^GROUP_PROPERTIES cannot use the property description, which okta-graph writes/]],
  },
  OMIT_ATTRIBUTES: {
    byDefault: [],
    read: ({ sync }) => sync.data.omitted,
    good: [['mobilePhone, secondEmail,mobilePhone', ['mobilePhone', 'secondEmail']]],
    bad: [
      [
        'email',
        /^OMIT_ATTRIBUTES cannot omit email: users are identified by email and login, and groups by name/,
      ],
      ['mobile phone', /^OMIT_ATTRIBUTES has "mobile phone": expected names of profile attributes/],
    ],
  },
  SYNC_MEMBERS_OF: {
    byDefault: undefined,
    read: ({ sync }) => sync.data.membersOf,
    good: [['Eng*, !*-test', { included: ['Eng*'], excluded: ['*-test'] }]],
    bad: [['Eng*,,A', /^SYNC_MEMBERS_OF has "": expected patterns of group names with commas between them/]],
  },
  NOTIFY_URL: {
    byDefault: undefined,
    read: ({ notify }) => notify && [notify.url.reveal(), notify.host, notify.format],
    good: [
      [
        'https://hooks.slack.com/services/T0/B0/x1',
        ['https://hooks.slack.com/services/T0/B0/x1', 'hooks.slack.com', 'slack'],
      ],
      [
        ' https://hooks.slack-gov.com/services/1 ',
        ['https://hooks.slack-gov.com/services/1', 'hooks.slack-gov.com', 'slack'],
      ],
    ],
    bad: [
      'hooks.slack.com/services',
      'http://hooks.slack.com/services/1',
      'http://10.0.0.7/',
      'ftp://hooks.slack.com/',
      'https://user:pass@hooks.slack.com/',
      'https://hooks.slack.com/#a',
      'https://',
    ].map((text) => [text, /^NOTIFY_URL must be a URL with https, such as [^ ]+ or http on this machine$/]),
  },
  NOTIFY_SECRET: {
    byDefault: undefined,
    read: ({ notify }) => notify?.secret,
    good: [[NOTIFY_KEY, undefined]],
    bad: [
      'short',
      'a long secret that is not of the form',
      'whsec_',
      `whsec_${'A'.repeat(31)}`,
      `whsec_${'A'.repeat(87)}`,
      'whsec_***',
    ].map((text) => [
      text,
      /^NOTIFY_SECRET must be whsec_ and then 24 to 64 random bytes in base64; make one with: echo whsec_/,
    ]),
  },
  NOTIFY_FORMAT: {
    byDefault: undefined,
    read: ({ notify }) => notify?.format,
    good: [['slack', undefined]],
    bad: [['xml', /must be json or slack$/]],
  },
  NOTIFY_GROUPS: {
    byDefault: undefined,
    read: ({ notify }) => notify?.groups,
    good: [['Eng*', undefined]],
    bad: [['Eng*,,A', /^NOTIFY_GROUPS has "": expected patterns of group names with commas between them/]],
  },
  NOTIFY_NAMES: {
    byDefault: undefined,
    read: ({ notify }) => notify?.withNames,
    good: [['true', undefined]],
    bad: [['yes', /must be true or false$/]],
  },
  NOTIFY_ABOUT: {
    byDefault: undefined,
    read: ({ notify }) => notify?.about,
    good: [['groups, Failures', undefined]],
    bad: ['all', 'groups,', 'groups,groups', 'people'].map(
      (text) => [text, /must be a list of changes, groups, admins, withheld, failures$/] as const,
    ),
  },
  METRICS_ADDRESS: {
    byDefault: undefined,
    read: ({ metricsAddress }) => metricsAddress,
    good: [
      ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
      ['[::1]:9464', { host: '::1', port: 9464 }],
    ],
    bad: ['9464', ':9464', 'localhost:9464', '127.0.0.1', '127.0.0.1:99999', '::1:9464'].map(
      (text) => [text, /must be an IP address and a port/] as const,
    ),
  },
  HEALTH_ADDRESS: {
    byDefault: undefined,
    read: ({ healthAddress }) => healthAddress,
    good: [['0.0.0.0:8080', { host: '0.0.0.0', port: 8080 }]],
    bad: [['8080', /must be an IP address and a port/]],
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    byDefault: undefined,
    read: ({ otlp }) => otlp?.endpoint,
    good: [
      ['http://collector:4318', 'http://collector:4318'],
      ['https://otlp.acme.com/okta/', 'https://otlp.acme.com/okta'],
    ],
    bad: [
      'collector:4318',
      'grpc://collector:4317',
      'yes',
      'http://u:p@collector',
      'http://collector/?key=1',
    ].map((text) => [text, /must be a URL such as http:\/\/collector:4318, without/] as const),
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    byDefault: undefined,
    read: (config) => config.otlp,
    good: [],
    bad: ['Authorization', '=value', 'a=%', 'a b=c', 'a=%0d%0aX:1', 'a=%E4%BD%A0'].map(
      (text) => [text, /must be name=value, and commas between several$/] as const,
    ),
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: {
    byDefault: undefined,
    read: ({ otlp }) => otlp,
    good: [],
    bad: [],
  },
  TEMPORAL_DEPLOYMENT_NAME: {
    byDefault: undefined,
    read: ({ temporal }) => temporal.version,
    good: [],
    bad: [['okta-graph', /^TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID must be set together$/]],
  },
  TEMPORAL_WORKER_BUILD_ID: {
    byDefault: undefined,
    read: ({ temporal }) => temporal.version,
    good: [],
    bad: [['v1', /^TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID must be set together$/]],
  },
  HISTORY_RETENTION: {
    byDefault: 400 * 24 * HOUR,
    read: ({ sync }) => sync.historyRetentionMs,
    good: [
      ['0', 0],
      ['1d', 24 * HOUR],
      ['52w', 364 * 24 * HOUR],
    ],
    bad: ['400', '1h', '-1d', 'for ever'].map(
      (text) => [text, /must be a duration such as 400d, at least 1d, or 0$/] as const,
    ),
  },
  TEMPORAL_ADDRESS: {
    byDefault: 'localhost:7233',
    read: ({ temporal }) => temporal.connectionOptions().address ?? temporal.address,
    good: [['temporal.internal:7233', 'temporal.internal:7233']],
    bad: [['u:secret@temporal:7233', /^TEMPORAL_ADDRESS must have no user name or password$/]],
  },
  TEMPORAL_NAMESPACE: {
    byDefault: 'default',
    read: ({ temporal }) => temporal.namespace,
    good: [['identity.a1b2c', 'identity.a1b2c']],
    bad: [],
  },
  TEMPORAL_API_KEY: {
    byDefault: undefined,
    read: ({ temporal }) => temporal.connectionOptions().apiKey,
    good: [[API_KEY, API_KEY]],
    bad: [],
  },
  TEMPORAL_TLS_SERVER_NAME: {
    byDefault: undefined,
    read: ({ temporal }) => {
      const { tls } = temporal.connectionOptions();
      return typeof tls === 'object' && tls !== null ? tls.serverNameOverride : tls;
    },
    good: [['temporal.acme.com', 'temporal.acme.com']],
    bad: [],
  },
  TEMPORAL_TLS_CLIENT_CERT_PATH: {
    byDefault: undefined,
    read: () => undefined,
    good: [],
    bad: [['/no/such/cert.pem', /^TEMPORAL_\* cannot be used: .*\/no\/such\/cert\.pem/]],
  },
  TEMPORAL_PROFILE: {
    byDefault: undefined,
    read: () => undefined,
    good: [],
    bad: [['production', /^TEMPORAL_\* cannot be used: .*production/]],
  },
  TEMPORAL_TASK_QUEUE: {
    byDefault: 'okta-sync',
    read: ({ temporal }) => temporal.taskQueue,
    good: [['okta-sync-canary', 'okta-sync-canary']],
    bad: [],
  },
  NEO4J_URI: {
    byDefault: 'bolt://localhost:7687',
    read: ({ neo4j }) => neo4j.uri,
    good: [
      'bolt://10.0.0.7',
      'neo4j://graph:7687',
      'bolt+ssc://graph',
      'neo4j+s://1a2b.databases.neo4j.io',
    ].map((uri) => [uri, uri] as const),
    bad: [
      'localhost:7687',
      'http://localhost:7474',
      'bolt:/graph',
      'neo4j://',
      'bolt+x://graph',
      'bolt://graph:99999',
      'bolt://[x',
    ]
      .map(
        (text) =>
          [text, /^NEO4J_URI must start with bolt:\/\/, neo4j:\/\/, bolt\+s:\/\/, neo4j\+s:\/\//] as const,
      )
      .concat([
        ['bolt://neo4j:secret@graph', /^NEO4J_URI must have no user name or password: set NEO4J_USERNAME/],
      ]),
  },
  NEO4J_USERNAME: {
    byDefault: 'neo4j',
    read: ({ neo4j }) => neo4j.username,
    good: [['okta-sync', 'okta-sync']],
    bad: [],
  },
  NEO4J_PASSWORD: {
    read: ({ neo4j }) => neo4j.password.reveal(),
    good: [[PASSWORD, PASSWORD]],
    bad: [['', /^NEO4J_PASSWORD is required, the password of the Neo4j user$/]],
  },
  NEO4J_DATABASE: {
    byDefault: undefined,
    read: ({ neo4j }) => neo4j.database,
    good: [['identities', 'identities']],
    bad: [],
  },
  SHOW_OKTA_INTEGRATION: {
    byDefault: true,
    read: ({ showOktaIntegration }) => showOktaIntegration,
    good: [
      ['true', true],
      ['false', false],
      ['FALSE', false],
    ],
    bad: ['0', 'no', 'off', 'enabled'].map((text) => [text, /must be true or false$/] as const),
  },
};

describe('configuration', () => {
  for (const [name, { read, good, bad, ...rest }] of Object.entries(VARIABLES)) {
    it(`reads ${name}`, () => {
      for (const [text, value] of good) assert.deepEqual(read(load({ [name]: text })), value, text);
    });

    if ('byDefault' in rest) {
      it(`has a default for ${name}, also when it is set to nothing`, () => {
        for (const empty of [undefined, '', '  \t'])
          assert.deepEqual(read(load({ [name]: empty })), rest.byDefault);
      });
    }

    for (const [text, fault] of bad) {
      it(`refuses ${name}=${JSON.stringify(text)} and names the variable`, () => {
        const faults = faultsOf({ [name]: text });
        assert.equal(faults.length, 1, faults.join('\n'));
        assert.match(faults[0] ?? '', fault);
        assert.ok(faults[0]?.startsWith(name) || name.startsWith('TEMPORAL_'), faults[0]);
      });
    }
  }

  it('reports all faults at once, as a list for a terminal', () => {
    const faults = faultsOf({
      OKTA_DOMAIN: 'acme-admin.okta.com',
      OKTA_API_TOKEN: '',
      OKTA_MAX_API_CAPACITY: '200',
      SYNC_INTERVAL: '7200',
      NEO4J_URI: 'http://graph',
      NEO4J_PASSWORD_FILE: '/no/such/file',
      NEO4J_PASSWORD: undefined,
      TEMPORAL_PROFILE: 'production',
      SHOW_OKTA_INTEGRATION: 'maybe',
    });
    const named = faults.map((fault) => fault.split(' ')[0]).sort();
    assert.deepEqual(named, [
      'NEO4J_PASSWORD_FILE',
      'NEO4J_URI',
      'OKTA_API_TOKEN',
      'OKTA_DOMAIN',
      'OKTA_MAX_API_CAPACITY',
      'SHOW_OKTA_INTEGRATION',
      'SYNC_INTERVAL',
      'TEMPORAL_*',
    ]);
    const { message } = new ConfigError(faults);
    assert.equal(message.split('\n').length, 1 + faults.length);
    assert.match(message, /has 8 errors:\n {2}- /);
    assert.match(new ConfigError(['X is wrong']).message, /has 1 error:\n {2}- X is wrong/);
  });

  it('takes the protocol of OpenTelemetry only where something is sent', () => {
    const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    assert.equal(load(grpc).otlp, undefined);
    assert.match(
      faultsOf({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }).join(),
      /^OTEL_EXPORTER_OTLP_PROTOCOL must be http\/protobuf/,
    );
  });

  it('has several headers for a collector, with what is percent-encoded in them', () => {
    const { otlp } = load({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a=b, X-Org = acme ',
    });
    assert.deepEqual(otlp?.headers(), { Authorization: 'Bearer a=b', 'X-Org': 'acme' });
  });

  it('is a version of a deployment only under a name that Temporal takes', () => {
    const named = (name: string) => ({ TEMPORAL_DEPLOYMENT_NAME: name, TEMPORAL_WORKER_BUILD_ID: 'v1' });
    assert.deepEqual(load(named('okta-graph')).temporal.version, {
      deploymentName: 'okta-graph',
      buildId: 'v1',
    });
    for (const name of ['a.b', 'a:b', 'a'.repeat(201)])
      assert.match(faultsOf(named(name)).join(), /^TEMPORAL_DEPLOYMENT_NAME must have at most 200 letters/);
  });

  it('is frozen through and through', () => {
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      assert.ok(Object.isFrozen(value), `${path} is not frozen`);
      for (const [name, child] of Object.entries(value)) walk(child, `${path}.${name}`);
    };
    walk(load(), 'config');
  });

  it('prints no secret: not in JSON, not in inspect, not in a template', () => {
    const config = load({ TEMPORAL_API_KEY: API_KEY });
    const printed = [
      JSON.stringify(config),
      inspect(config, { depth: null, showHidden: true, getters: true }),
      `${String(secretOf(config))} ${String(config.neo4j.password)}`,
    ].join('\n');
    for (const secret of [TOKEN, PASSWORD, API_KEY]) assert.ok(!printed.includes(secret), printed);
    assert.match(printed, /\[secret\]/);
  });

  it('prints no secret when it is the secret that is at fault', () => {
    const faults = faultsOf({ OKTA_API_TOKEN: `${TOKEN} and more`, NEO4J_URI: 'x' }).join('\n');
    assert.ok(!faults.includes(TOKEN), faults);
    assert.ok(!faults.includes(PASSWORD), faults);
  });
});

describe('secrets in files', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'okta-graph-config-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const fileOf = (content: string): string => {
    const path = join(folder, 'secret');
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };

  const SECRETS: Readonly<Record<string, (config: Config) => unknown>> = {
    OKTA_API_TOKEN: tokenOf,
    NEO4J_PASSWORD: ({ neo4j }) => neo4j.password.reveal(),
    TEMPORAL_API_KEY: ({ temporal }) => temporal.connectionOptions().apiKey,
  };
  for (const [name, read] of Object.entries(SECRETS)) {
    it(`reads ${name} from the file that ${name}_FILE names, without its line end`, () => {
      const config = load({ [name]: undefined, [`${name}_FILE`]: fileOf('from-a-file\r\n') });
      assert.equal(read(config), 'from-a-file');
    });

    it(`refuses ${name} and ${name}_FILE together`, () => {
      const faults = faultsOf({ [name]: 'one', [`${name}_FILE`]: fileOf('another') });
      assert.deepEqual(faults, [`${name} and ${name}_FILE are both set; keep one`]);
    });

    it(`refuses a ${name}_FILE that is not there, and does not ask for ${name} as well`, () => {
      const faults = faultsOf({ [name]: undefined, [`${name}_FILE`]: join(folder, 'missing') });
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', new RegExp(`^${name}_FILE cannot be read: .*missing`));
    });

    it(`refuses a ${name}_FILE that is empty`, () => {
      const [fault] = faultsOf({ [name]: undefined, [`${name}_FILE`]: fileOf(' \n') });
      assert.match(fault ?? '', new RegExp(`^${name}_FILE points to .*, which is empty$`));
    });

    it(`takes an empty ${name} next to ${name}_FILE for unset`, () => {
      assert.equal(read(load({ [name]: ' ', [`${name}_FILE`]: fileOf('from-a-file') })), 'from-a-file');
    });
  }
});

describe('the warning about clear text', () => {
  const REMOTE = ['bolt://graph.acme.com:7687', 'neo4j://10.0.0.7', 'bolt://[2001:db8::1]:7687'];
  const SAFE = [
    'bolt://localhost:7687',
    'neo4j://127.0.0.1',
    'bolt://[::1]:7687',
    'neo4j+s://1a2b.databases.neo4j.io',
    'bolt+ssc://graph.acme.com',
  ];
  for (const uri of REMOTE) {
    it(`comes for ${uri}`, () => {
      const { warnings } = load({ NEO4J_URI: uri });
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /without TLS: .* Use neo4j\+s:\/\/ or bolt\+s:\/\/\.$/);
    });
  }
  for (const uri of SAFE) {
    it(`does not come for ${uri}`, () => assert.deepEqual(load({ NEO4J_URI: uri }).warnings, []));
  }
});

describe('The .env file of the working directory', () => {
  const folder = temporaryFolder();
  const home = process.cwd();
  beforeEach(() => process.chdir(folder.path));
  afterEach(() => process.chdir(home));

  const write = (mode: number, content = 'OKTA_GRAPH_TEST=from the file') => {
    writeFileSync('.env', content);
    chmodSync('.env', mode);
  };
  const refused = (fault: RegExp) =>
    assert.throws(readEnvironment, (error: unknown) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.equal(error.faults.length, 1);
      assert.match(error.faults[0] ?? '', fault);
      return true;
    });

  it('may be readable by everybody', () => {
    for (const mode of [0o644, 0o600, 0o444]) {
      write(mode);
      assert.equal(readEnvironment()['OKTA_GRAPH_TEST'], 'from the file', mode.toString(8));
      rmSync('.env');
    }
  });

  it('need not exist', () => assert.equal(readEnvironment(), process.env));

  it('is refused where others can change it', () => {
    for (const mode of [0o666, 0o664, 0o622, 0o602]) {
      write(mode);
      refused(
        new RegExp(`^\\.env can be \\w+ by others \\(mode ${mode.toString(8)}\\); run: chmod go-w \\.env$`),
      );
      rmSync('.env');
    }
  });

  it('is refused where it belongs to another user', async () => {
    write(0o644);
    await belongingToAnother('.env', async (owner) =>
      refused(new RegExp(`^\\.env belongs to another user \\(uid ${owner}\\)`)),
    );
  });

  it('is refused where it is too large to be one', () => {
    write(0o644, `OKTA_GRAPH_TEST=${'x'.repeat(4 * 1_024 * 1_024)}`);
    refused(/^\.env is larger than 64 KiB; keep only settings in it, such as NAME=value$/);
  });

  it('is refused at once where it is a FIFO, which nobody may ever write to', async () => {
    execFileSync('mkfifo', ['-m', '600', '.env']);
    // A process of its own, which a read that waits for ever can hold up without holding up all tests.
    const script = `
      const { readEnvironment } = require(${JSON.stringify(join(home, 'src/config.ts'))});
      try { readEnvironment(); } catch (error) { process.stdout.write(error.name + ' ' + error.faults); }
    `;
    const args = ['--import', require.resolve('tsx'), '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
    assert.equal(stdout, 'ConfigError .env is a FIFO, not a file');
  });
});
