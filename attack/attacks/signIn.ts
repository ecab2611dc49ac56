import { send, Visitor } from '../../dev/lab/browser/browser';
import type { Attack, Target } from '../attack';

/** Wrong passwords that are sent at once; bounded, and more than any budget. */
const GUESSES = 60;

/** What somebody on the network can try at the console without its password. */
export const SIGN_IN_ATTACKS: readonly Attack[] = [
  {
    title: 'read pages, CSV files and event streams without signing in',
    async run({ console, org }) {
      const integration = `/integrations/${encodeURIComponent(org.domain)}`;
      const paths = [
        '/',
        '/sources',
        '/explore?q=a',
        '/add',
        integration,
        `${integration}/users`,
        `${integration}/settings`,
      ];
      paths.push(`${integration}/questions/group-members/answer.csv?group=Everyone`);
      paths.push(`${integration}/runs/x/events`);
      const found: string[] = [];
      for (const path of paths) {
        const { status, headers } = await send(console.origin + path);
        const isSentToSignIn = status === 303 && String(headers['location']).startsWith('/sign-in');
        if (!isSentToSignIn) found.push(`${path} answered ${status}`);
      }
      return found;
    },
  },
  {
    title: 'shut out, by many wrong passwords at once, somebody who has signed in from this browser before',
    async run({ console }) {
      const owner = await signedIn(console);
      await owner.submit('/sign-out').catch(() => undefined);
      const guesses = Promise.all(
        Array.from({ length: GUESSES }, (_, index) =>
          statusOfGuess(console.origin, `wrong password ${index}`),
        ),
      );
      await owner.open('/sign-in');
      await owner.submit('/sign-in', { password: console.password });
      const { status, body } = owner.page;
      const isIn = status === 200 && !body.includes('action="/sign-in"');
      const statuses = await guesses;
      return [
        ...(isIn ? [] : [`the owner got ${status}`]),
        ...statuses
          .filter((each) => each !== 401 && each !== 429)
          .map((each) => `a guess was answered ${each}`),
      ];
    },
  },
  {
    title: 'be led to another site by a link to the sign-in page',
    async run({ console }) {
      const found: string[] = [];
      for (const to of [
        '//evil.example',
        '/\\evil.example',
        'https://evil.example',
        '/\t/evil.example',
        '\\/evil',
      ]) {
        const visitor = new Visitor(console.origin);
        await visitor.open(`/sign-in?to=${encodeURIComponent(to)}`);
        await visitor.submit('/sign-in', { password: console.password });
        const { path, status } = visitor.page;
        if (status !== 200) found.push(`the sign-in itself was answered ${status}`);
        if (new URL(path, console.origin).origin !== console.origin) found.push(`${to} led to ${path}`);
      }
      return found;
    },
  },
  {
    title: 'have the console connect to addresses of its own machine or network, by adding an integration',
    async run({ console, neighbor, orgCalls }) {
      const visitor = await signedIn(console);
      const port = `${neighbor.orgPort}${neighbor.digit}`;
      const hosts = ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f000001', '0177.0.0.1', '127.1'];
      hosts.push('[::ffff:127.0.0.1]', 'localhost.', '0.0.0.0', '10.0.0.1', '192.168.1.1', '169.254.169.254');
      const before = JSON.stringify(await orgCalls());
      const { connections } = neighbor;
      const found: string[] = [];
      for (const host of hosts) {
        await visitor.open('/add');
        await visitor.submit('/add', { domain: `${host}:${port}`, kind: 'token', token: '00probe' });
        if (visitor.page.status !== 422) found.push(`${host} was answered ${visitor.page.status}`);
      }
      if (neighbor.connections > connections) found.push('the listener was connected to');
      if (JSON.stringify(await orgCalls()) !== before) found.push('the org was reached');
      return found;
    },
  },
];

/** Somebody who has signed in. */
export async function signedIn({ origin, password }: Target['console']): Promise<Visitor> {
  const visitor = new Visitor(origin);
  await visitor.open('/sign-in');
  await visitor.submit('/sign-in', { password });
  if (visitor.page.status !== 200) throw new Error(`The sign-in was answered ${visitor.page.status}.`);
  return visitor;
}

async function statusOfGuess(origin: string, password: string): Promise<number> {
  const stranger = new Visitor(origin);
  await stranger.open('/sign-in');
  await stranger.submit('/sign-in', { password });
  return stranger.page.status;
}
