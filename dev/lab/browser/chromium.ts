import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { findOnPath, run } from '../../../src/local/command';

/** Names that distributions and Google give it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** How a machine that could not be given a browser is told of; the HTTP tests of the same pages still run there. */
export class NoBrowser {
  constructor(readonly reason: string) {}
}

/** A browser that is there, or that apt installs where this process may; else why there is none. */
export async function openBrowser(): Promise<Browser | NoBrowser> {
  const executablePath = (await installed()) ?? (await install());
  if (executablePath instanceof NoBrowser) return executablePath;
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

async function installed(): Promise<string | undefined> {
  for (const name of NAMES) {
    const path = await findOnPath(name);
    if (path !== undefined) return path;
  }
  return existsSync(MAC) ? MAC : undefined;
}

async function install(): Promise<string | NoBrowser> {
  if (process.getuid?.() !== 0 || (await findOnPath('apt-get')) === undefined)
    return new NoBrowser('there is no Chromium here, and only root on Debian can have it installed');
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env, timeoutMs: 60_000 });
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], {
      env,
      timeoutMs: 300_000,
    });
  } catch (error) {
    return new NoBrowser(`Chromium could not be installed: ${(error as Error).message}`);
  }
  return (await installed()) ?? new NoBrowser('Chromium was installed, but is not on the PATH');
}
