import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENT } from '../../dev/lab/configFor';

const MAIN = join(__dirname, '../../dist/client.js');

describe('The console as its own process', () => {
  let child: ChildProcess | undefined;

  afterEach(() => void child?.kill('SIGKILL'));

  it('serves pages even if Temporal and Neo4j do not respond, and exits with 0 on SIGTERM', async () => {
    const { ended, line } = start({ CONSOLE_PORT: '0' });
    const [, url = ''] = await line(/"url":"(http:[^"]+)"/);
    assert.match(await (await fetch(url)).text(), /Neo4j does not respond at bolt:\/\/127\.0\.0\.1:1/);
    child?.kill('SIGTERM');
    const { code, output } = await ended;
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /\n\s+at /);
    await assert.rejects(fetch(url));
  });

  it('answers /healthz for any host, and nothing else', async () => {
    const { line } = start({ CONSOLE_PORT: '0' });
    const [, url = ''] = await line(/"url":"(http:[^"]+)"/);
    const statusOf = async (path: string) => {
      const request = get(`${url}${path}`, { headers: { host: '10.1.2.3:8080' } });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    assert.equal(await statusOf('/healthz'), 200);
    assert.notEqual(await statusOf('/'), 200);
  });

  it('exits with 2 and lists all invalid settings', async () => {
    const { code, output } = await start({ CONSOLE_PORT: 'x', CONSOLE_READ_TIMEOUT: '0' }).ended;
    assert.equal(code, 2);
    assert.match(output, /CONSOLE_PORT must be/);
    assert.match(output, /CONSOLE_READ_TIMEOUT must be/);
    assert.doesNotMatch(output, /\n\s+at /);
  });

  it('exits with 1 and names the setting to change if its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, output } = await start({ CONSOLE_PORT: String(port) }).ended;
    other.close();
    assert.equal(code, 1);
    assert.match(
      output,
      /The console cannot listen \(.*EADDRINUSE.*\)\. Change CONSOLE_PORT or CONSOLE_ADDRESS, or stop/,
    );
    assert.doesNotMatch(output, /\n\s+at /);
  });

  it('logs each sign-in as a line of JSON, with its network and without the password', async () => {
    const CONSOLE_PASSWORD = 'a long enough password';
    const { ended, line } = start({ CONSOLE_PORT: '0', CONSOLE_PASSWORD });
    const [, url = ''] = await line(/"url":"(http:[^"]+)"/);
    const page = await fetch(`${url}/sign-in`);
    const cookie = (page.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(await page.text()) ?? [];
    for (const password of ['wrong', CONSOLE_PASSWORD])
      await fetch(`${url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, origin: url },
        body: new URLSearchParams({ form_token: token, password }),
      });
    await line(/"event":"sign_in"/);
    child?.kill('SIGTERM');
    const { output } = await ended;
    const entries = output
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as Record<string, string>);
    assert.deepEqual(
      entries.flatMap(({ event, network }) => (network === undefined ? [] : [[event, network]])),
      [
        ['sign_in_failed', '127.0.0.1'],
        ['sign_in', '127.0.0.1'],
      ],
    );
    assert.doesNotMatch(output, new RegExp(CONSOLE_PASSWORD));
  });

  function start(variables: Record<string, string>) {
    const { PATH = '' } = process.env;
    const running = spawn(process.execPath, [MAIN, 'console'], {
      cwd: tmpdir(),
      env: { PATH, ...ENVIRONMENT, ...variables },
    });
    child = running;
    let output = '';
    for (const stream of [running.stdout, running.stderr])
      stream.on('data', (data) => (output += String(data)));
    const ended = once(running, 'close').then(([code]) => ({ code: code as number | null, output }));
    const line = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const found = pattern.exec(output);
        if (found) return found;
        await Promise.race([once(running.stderr, 'data'), ended.then(() => assert.fail(output))]);
      }
    };
    return { ended, line };
  }
});
