import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import { startConsole } from '../src/console/server';
import { loadConsoleSettings } from '../src/console/settings';
import { exitAfter } from '../dev/lab/exitAfter';
import { Stack } from '../dev/lab/org/stack';
import { WatchedOrg } from '../dev/lab/org/watchedOrg';
import { mochaGlobalTeardown as stopServers } from '../dev/lab/servers/services';
import { checkOkta } from '../src/okta/check';
import { wholeOption } from '../src/text/wholeOption';
import type { Hooks } from './support/hookSender';
import { percentile } from './support/percentile';

/**
 * Prints how soon the console answers event hooks of a sender in a process of its own, beside a server that does nothing
 * but answer.
 */
async function main(): Promise<void> {
  const { hooks } = new Command('hooks')
    .description('Measures how soon event hooks are answered, one after another and all at once.')
    .option('--hooks <count>', 'hooks of each part', wholeOption(1), 200)
    .parse()
    .opts<{ hooks: number }>();
  const secret = randomUUID();
  const bare = createServer((_, answer) => answer.writeHead(204).end()).listen(0, '127.0.0.1');
  await once(bare, 'listening');
  const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;
  const sender = fork(join(__dirname, 'support/hookSender.ts'), { execArgv: ['--import', 'tsx'] });
  const answersMs = async (sent: Hooks): Promise<number[]> => {
    sender.send(sent);
    const [figures] = (await once(sender, 'message')) as [number[] | string];
    if (typeof figures === 'string') throw new Error(figures);
    return figures;
  };
  const stack = await Stack.start({ users: 50, groups: 5 });
  const watched = await WatchedOrg.start(stack, { intervalMs: 3_600_000 });
  const settings = loadConsoleSettings({ CONSOLE_PORT: '0', CONSOLE_HOOK_SECRET: secret });
  const server = await startConsole(stack.config, settings, checkOkta, console.error);
  try {
    await stack.sync({ mode: 'full' });
    // So that the sender is not slow at first.
    await answersMs({ url: bareUrl, secret, count: hooks, atOnce: true });
    console.log('| hooks | to | median | 95 % | longest |\n| --- | --- | --: | --: | --: |');
    const url = `${server.url}/hooks/okta/${stack.domain}`;
    const print = async (how: string, to: string, sent: Hooks) => {
      const ms = await answersMs(sent);
      const figures = [50, 95, 100].map((percent) => `${percentile(ms, percent).toFixed(1)} ms`);
      console.log(`| ${how} | ${to} | ${figures.join(' | ')} |`);
    };
    await print('the first', 'the console', { url, secret, count: 1, atOnce: false });
    for (const atOnce of [false, true, true])
      for (const [to, each] of [
        ['a bare server', bareUrl],
        ['the console', url],
      ] as const)
        await print(`${hooks} ${atOnce ? 'at once' : 'in turn'}`, to, {
          url: each,
          secret,
          count: hooks,
          atOnce,
        });
  } finally {
    sender.kill();
    bare.close();
    await server.close();
    await watched.stop();
    await stack.stop();
    await stopServers();
  }
}

exitAfter(main);
