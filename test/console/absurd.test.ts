import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { integrationPath, nodePath } from '../../src/console/pages/links';
import type { RunningConsole } from '../../src/console/server';
import { ensureExploreIndexes } from '../../src/graph/schema/exploreIndexes';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { Stack } from '../../dev/lab/org/stack';
import { send, textOf, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';
import { useConsoleLog } from './support/consoleLog';

const PASSWORD = 'correct horse battery';

/** Invalid or unusual input for fields and URLs. */
const ABSURD: readonly [name: string, text: string][] = [
  ['names of prototypes', '__proto__'],
  ['the name of a constructor', 'constructor'],
  ['the name of a method', 'hasOwnProperty'],
  ['dashes', '-'.repeat(36)],
  ['a word of 1,001 characters', 'a'.repeat(1_001)],
  ['a word of 1,001 surrogate pairs', '\u{1F600}a'.repeat(1_001)],
  ['a NUL', 'a\0b'],
  ['the syntax of a search', '+-&&||!(){}[]^"~*?:\\/'],
  ['an unclosed bracket', '('],
  ['a quantifier', '*'],
  ['not a number', 'NaN'],
  ['a negative number', '-1'],
  ['a huge number', '1e308'],
  ['a number of 40 digits', '9'.repeat(40)],
  ['a huge duration', '1e999y'],
  ['a duration of 99 digits', `${'9'.repeat(99)}y`],
  ['a duration longer than any', `${'9'.repeat(200)}y`],
  ['a time before the year 0', '0000-01-01T00:00:00+23:59'],
  ['a day that does not exist', '2026-02-31'],
];

describe('Absurd input in the console', () => {
  const files = credentialsFolder({ isForAll: true });
  const log = useConsoleLog();
  let stack: Stack;
  let open: RunningConsole;
  let locked: RunningConsole;
  let domain: string;
  let person: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 20, groups: 3 }, { OKTA_CREDENTIALS_DIR: files.path('') });
    ({ domain } = stack.sim);
    await stack.sync({ mode: 'full' });
    await ensureExploreIndexes(stack.db);
    await stack.db.run('CALL db.awaitIndexes(60)');
    [person = ''] = [...stack.sim.org.truth().users()].map(({ id }) => id);
    open = await openConsole(stack.config);
    locked = await openConsole(stack.config, { CONSOLE_PASSWORD: PASSWORD });
  });
  after(async () => {
    await open.close();
    await locked.close();
    await stack.stop();
  });

  /** Paths of all URLs that contain user input. */
  const pathsWith = (text: string): string[] => {
    const base = integrationPath(domain);
    const typed = encodeURIComponent(text);
    const node = nodePath(domain, 'User', person);
    const question = `${base}/questions`;
    return [
      `/explore?q=${typed}`,
      `/explore?q=${typed}&part=results`,
      `/?note=${typed}`,
      `/sign-in?to=${typed}`,
      `/static/${typed}`,
      `/integrations/${typed}/users`,
      `${base}/users?after=${typed}&kind=${typed}`,
      `${base}/groups/${typed}`,
      `${base}/groups/${typed}/neighbors`,
      `${node}?skip=${typed}`,
      `${node}?at=${typed}&skip=${typed}`,
      `${node}?at=2026-01-01&skip=${typed}`,
      `${base}/runs/${typed}`,
      `${base}/runs/${typed}/events`,
      `${question}/${typed}?ask=yes`,
      `${question}/${typed}/answer.csv`,
      `${question}/${typed}/picture.svg`,
      `${question}/users-by-status?ask=yes&${typed}=${typed}`,
      `${question}/inactive-users?ask=yes&since=${typed}`,
      `${question}/inactive-users/answer.csv?since=${typed}`,
      `${question}/group-members-at?ask=yes&group=${typed}&at=${typed}`,
      `${question}/person-groups?ask=yes&person=${typed}`,
      `${question}/similar-groups?ask=yes&share=${typed}`,
      `${question}/similar-groups?ask=yes&smallest=${typed}`,
      `${question}/users-by?ask=yes&by=${typed}`,
      `${question}/sensitive-groups?ask=yes&pattern=${typed}`,
      `${question}/sensitive-groups/answer.csv?pattern=${typed}`,
      `${question}/sensitive-groups/picture.svg?pattern=${typed}`,
      `${question}/sensitive-groups?ask=yes&groups=${typed}`,
    ];
  };

  for (const [name, text] of ABSURD) {
    it(`gets a clear response in every URL: ${name}`, async () => {
      for (const path of pathsWith(text)) {
        const { status, body } = await send(open.url + path);
        assert(status < 500, `${status} ${path.slice(0, 200)} ${textOf(body).slice(-200)}`);
        assert.doesNotMatch(body, /\n\s+at /);
      }
      assert.equal(log.text, '');
    });

    it(`is rejected or accepted in every form: ${name}`, async () => {
      const visitor = new Visitor(open.url);
      const base = integrationPath(domain);
      await visitor.open('/add');
      const forms: [action: string, fields: Record<string, string>][] = [
        ['/add', { domain: text, kind: text, token: text, clientId: text, privateKey: text }],
        ['/add', { domain: text, kind: 'app', clientId: text, privateKey: text }],
        [`${base}/pause`, { note: text }],
        [`${base}/credentials`, { kind: 'app', clientId: text, privateKey: text }],
        [`${base}/remove`, { graph: text, confirm: text }],
        [`${base}/runs/${encodeURIComponent(text)}/approve`, { sure: 'yes' }],
      ];
      const token = /name="form_token" value="([^"]+)"/.exec(visitor.page.body)?.[1] ?? '';
      for (const [action, fields] of forms) {
        await visitor.post(action, { form_token: token, ...fields });
        assert(visitor.page.status < 500, `${visitor.page.status} ${action}`);
      }
      assert.equal(log.text, '');
    });
  }

  it('is reported if it is not a regular expression, on the page and instead of the CSV or picture', async () => {
    for (const part of ['?ask=yes&', '/answer.csv?', '/picture.svg?']) {
      const path = `${integrationPath(domain)}/questions/sensitive-groups${part}pattern=(`;
      const { status, body } = await send(open.url + path);
      assert.equal(status, 400);
      assert.match(textOf(body), /pattern is not a regular expression: \(/);
    }
  });

  it('ends the stream of a run that does not exist', async () => {
    const { status, body } = await send(
      `${open.url}${integrationPath(domain)}/runs/${'-'.repeat(36)}/events`,
    );
    assert.equal(status, 200);
    assert.match(body, /^event: ended/);
  });

  for (const path of [
    '/%',
    '/%zz',
    '/%ff',
    '/explore?q=%ed%a0%80',
    '/integrations/%2e%2e',
    '//',
    '/explore?q=%',
  ])
    it(`gets a response as the path ${path}`, async () => {
      assert((await send(open.url + path)).status < 500);
      assert.equal(log.text, '');
    });

  for (const method of ['OPTIONS', 'PUT', 'DELETE', 'TRACE', 'PROPFIND', 'HEAD'])
    it(`gets a response as the method ${method}`, async () => {
      for (const path of ['/', '/add', `${integrationPath(domain)}/questions/users-by-status/answer.csv`])
        assert((await send(open.url + path, { method })).status < 500, path);
      assert.equal(log.text, '');
    });

  it('is told which methods there are', async () => {
    for (const method of ['OPTIONS', 'PUT', 'DELETE']) {
      const { status, headers } = await send(`${open.url}/sources`, { method });
      assert.deepEqual([status, headers['allow']], [405, 'GET, HEAD, POST'], method);
    }
  });

  const MULTIPART = 'multipart/form-data';
  for (const [type, body] of [
    [MULTIPART, 'x'],
    [`${MULTIPART}; boundary=x`, 'garbage'],
    [`${MULTIPART}; boundary=x`, '--x\r\n'],
    [`${MULTIPART}; boundary=x`, ''],
    [`${MULTIPART}; boundary=`, '--\r\n'],
    [`${MULTIPART}; boundary=x`, '--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--'],
    ['application/json', '{'],
    ['text/plain', 'x'],
    ['application/x-www-form-urlencoded', '%zz=%ff&=&&__proto__=1&form_token[]=2'],
    ['application/x-www-form-urlencoded', 'x'.repeat(70_000)],
  ] as const) {
    it(`is rejected before sign-in as a ${type} body: ${JSON.stringify(body.slice(0, 20))}`, async () => {
      for (const { url } of [open, locked])
        for (const path of ['/sign-in', '/add', '/nothing']) {
          const headers = { 'content-type': type, origin: url };
          const answer = await send(url + path, { method: 'POST', headers, body });
          assert([400, 403, 404, 413].includes(answer.status), `${answer.status} ${path}`);
          assert.match(answer.body, /[.e]\n?$/);
        }
      assert.equal(log.text, '');
    });
  }

  for (const [encoding, lines] of [
    ['with a content length', 'Content-Length: 1000\r\n\r\nform_token='],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\nb\r\nform_token=\r\n'],
  ] as const) {
    it(`logs nothing for an aborted upload ${encoding}`, async () => {
      const { host, port, hostname } = new URL(open.url);
      for (let upload = 0; upload < 5; upload += 1) {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        const head = `POST /add HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${open.url}\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
        await new Promise((resolve) => socket.write(head + lines, resolve));
        // A response to another request shows that the console has processed the earlier data.
        await send(open.url);
        socket.resetAndDestroy();
        await once(socket, 'close');
      }
      for (let visit = 0; visit < 5; visit += 1)
        assert.equal((await send(`${open.url}/sources`)).status, 200);
      assert.equal(log.text, '');
    });
  }
});
