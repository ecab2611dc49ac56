import assert from 'node:assert/strict';
import { get } from 'node:http';
import { integrationPath, runPath } from '../../../src/console/pages/links';
import { MAX_STREAM_MS } from '../../../src/console/routes/runEvents';
import { SESSION_LIFETIME_MS } from '../../../src/console/safety/sessions';
import type { RunningConsole } from '../../../src/console/server';
import { until } from '../../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../../dev/lab/servers/services';
import { Stack } from '../../../dev/lab/org/stack';
import { Visitor } from '../../../dev/lab/browser/browser';
import { openConsole } from '../support/consoleUnderTest';
import { ManualClock } from '../support/manualClock';

const PASSWORD = 'correct horse battery';
const PER_SESSION = 5;
const PER_NETWORK = 25;

/** An event stream of a browser. */
class Stream {
  status = 0;
  text = '';
  isOver = false;
  private readonly request;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.request = get(url, { headers }, (response) => {
      this.status = response.statusCode ?? 0;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (this.text += chunk));
      response.on('close', () => (this.isOver = true));
    });
    this.request.on('error', () => (this.isOver = true));
  }

  /** Number of progress events. */
  get reports(): number {
    return this.text.split('event: progress').length - 1;
  }

  abort(): void {
    this.request.destroy();
  }
}

describe('The events of a run', () => {
  let stack: Stack;
  let clock: ManualClock;
  let console: RunningConsole;
  let path: string;
  let streams: Stream[];
  let stopRun: () => Promise<unknown>;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 4, groups: 2 });
    stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'delay', delayMs: 600_000 } }]);
    const handle = await stack.begin({ mode: 'full' });
    stopRun = () => handle.terminate();
    path = `${runPath(stack.sim.domain, (await handle.describe()).runId)}/events`;
  });

  after(async () => {
    await stopRun();
    stack.sim.faults.set([]);
    await stack.stop();
  });

  beforeEach(() => {
    clock = new ManualClock();
    streams = [];
  });

  afterEach(() => console.close());

  async function open(environment: Record<string, string> = {}): Promise<void> {
    console = await openConsole(stack.config, environment, { clock });
  }

  function follow(headers: Record<string, string> = {}): Stream {
    const stream = new Stream(`${console.url}${path}`, headers);
    streams.push(stream);
    return stream;
  }

  /** Opens a stream and returns it after the first event or an error. */
  async function followed(headers: Record<string, string> = {}): Promise<Stream> {
    const stream = follow(headers);
    await until(() => (stream.status === 200 ? stream.reports > 0 : stream.status > 0));
    return stream;
  }

  async function signedIn(headers: Record<string, string> = {}): Promise<Visitor> {
    const visitor = new Visitor(console.url, headers);
    await visitor.open('/sign-in');
    await visitor.submit('/sign-in', { password: PASSWORD });
    return visitor;
  }

  const signOut = async (visitor: Visitor) => {
    await visitor.open(integrationPath(stack.sim.domain));
    await visitor.submit('/sign-out');
  };

  it('end immediately when the session is signed out, but not those of other sessions', async () => {
    await open({ CONSOLE_PASSWORD: PASSWORD });
    const [visitor, other] = [await signedIn(), await signedIn()];
    const stream = await followed({ cookie: visitor.cookie });
    const kept = await followed({ cookie: other.cookie });
    await signOut(visitor);
    await until(() => stream.isOver);
    assert.doesNotMatch(stream.text, /event: ended/);
    await clock.advance(1_000);
    await until(() => kept.reports > 1);
    assert(!kept.isOver, 'the stream of another session has ended');
  });

  it('end when the session expires', async () => {
    await open({ CONSOLE_PASSWORD: PASSWORD });
    const visitor = await signedIn();
    await clock.advance(SESSION_LIFETIME_MS - 1_000);
    const stream = await followed({ cookie: visitor.cookie });
    assert.equal(stream.status, 200);
    await clock.advance(999);
    assert(!stream.isOver, 'the stream has ended too early');
    await clock.advance(1);
    await until(() => stream.isOver);
  });

  it('end after ten minutes, so that access is checked again', async () => {
    await open();
    const stream = await followed();
    await clock.advance(MAX_STREAM_MS - 1);
    assert(!stream.isOver, 'the stream has ended too early');
    await clock.advance(1);
    await until(() => stream.isOver);
  });

  it('are limited to five streams of a session; a closed stream frees its slot', async () => {
    await open({ CONSOLE_PASSWORD: PASSWORD });
    const visitor = await signedIn();
    const { cookie } = visitor;
    for (let i = 0; i < PER_SESSION; i += 1) assert.equal((await followed({ cookie })).status, 200);
    const refused = await followed({ cookie });
    assert.equal(refused.status, 429);
    assert.match(refused.text, /Too many open pages follow a run/);
    assert.equal((await followed({ cookie: (await signedIn()).cookie })).status, 200);
    streams[0]?.abort();
    await until(async () => (await followed({ cookie })).status === 200);
    assert.equal((await followed({ cookie })).status, 429);
  });

  it('are limited to twenty-five streams of an address, even if it drops its cookie', async () => {
    await open({ CONSOLE_PROXY_ADDRESSES: '127.0.0.1', CONSOLE_SIGN_IN_HEADER: 'X-Forwarded-User' });
    const at = (address: string) => ({ 'x-forwarded-user': 'ada', 'x-forwarded-for': address });
    for (let i = 0; i < PER_NETWORK; i += 1) assert.equal((await followed(at('192.0.2.1'))).status, 200);
    assert.equal((await followed(at('192.0.2.1'))).status, 429);
    assert.equal((await followed(at('192.0.2.2'))).status, 200);
  });

  it('are read once for all followers, and not at all without followers', async () => {
    await open();
    const isRead = () => clock.delays.filter((ms) => ms <= 1_000).length;
    const first = await followed();
    await until(() => isRead() === 1);
    const second = await followed();
    assert.equal(isRead(), 1, 'one reader, paused until its next read');
    await clock.advance(1_000);
    await until(() => first.reports === 2 && second.reports === 2 && isRead() === 1);
    const last = (stream: Stream) => stream.text.slice(stream.text.lastIndexOf('event: progress'));
    assert.equal(last(first), last(second));
    first.abort();
    await clock.advance(1_000);
    await until(() => second.reports === 3 && isRead() === 1);
    second.abort();
    await until(() => isRead() === 0);
  });

  it('take no slot for a HEAD request', async () => {
    await open();
    for (let i = 0; i < PER_NETWORK; i += 1) {
      const { status } = await fetch(`${console.url}${path}`, { method: 'HEAD' });
      assert.equal(status, 200);
    }
    await until(async () => (await followed()).status === 200);
  });
});
