import { DefaultLogger, Runtime } from '@temporalio/worker';
import { ATTACKS } from './attacks';
import { install } from './installation';

/** Findings that are printed of one attack. */
const MAX_SHOWN = 5;

/**
 * `npm run attack`: attacks an installation of the build on this machine, and prints what held. Nothing else than
 * loopback is sent to, each attack is bounded, and the exit code is 1 when one of them got through.
 */
async function main(): Promise<void> {
  // The attacker's own worker logs what it provokes.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const startedMs = Date.now();
  const installation = await install();
  let broken = 0;
  try {
    for (const { title, run } of ATTACKS) {
      const found = await run(installation);
      process.stdout.write(`${found.length === 0 ? 'held  ' : 'BROKEN'}  ${title}\n`);
      for (const each of found.slice(0, MAX_SHOWN)) process.stdout.write(`        ${each}\n`);
      if (found.length > MAX_SHOWN) process.stdout.write(`        and ${found.length - MAX_SHOWN} more\n`);
      broken += found.length === 0 ? 0 : 1;
    }
  } finally {
    await installation.stop();
  }
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  process.stdout.write(
    `\n${ATTACKS.length - broken} of ${ATTACKS.length} attacks held off, in ${seconds} s\n`,
  );
  process.exitCode = broken === 0 ? 0 : 1;
}

void main();
