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

/**
 * A browser that is there, or that apt installs where this process may; else why there is none.
 *
 * @param onMac where Chrome is on a Mac.
 * @throws Error when there is none and `CI` is set: tests that pass without a browser would hide that nothing was tested.
 */
export async function openBrowser(onMac = MAC): Promise<Browser | NoBrowser> {
  const executablePath = (await installed(onMac)) ?? (await install());
  if (executablePath instanceof NoBrowser) {
    if (process.env['CI']) throw new Error(`CI is set, so a browser is required: ${executablePath.reason}`);
    return executablePath;
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

async function installed(onMac = MAC): Promise<string | undefined> {
  for (const name of NAMES) {
    const path = await findOnPath(name);
    if (path !== undefined) return path;
  }
  return existsSync(onMac) ? onMac : undefined;
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
