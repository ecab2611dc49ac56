import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, findOnPath, run } from '../../src/local/command';
import { TOOLS_DIR } from '../../src/local/tools';

/** The sync that ours is compared with. A new version is named here alone. */
export const PEER = { name: 'cartography', version: '0.143.0' };

const INSTALL_TIMEOUT_MS = 15 * 60_000;

/** Installs the peer with pip into a virtual environment, once. Returns its Python, or why it is not available. */
export async function installPeer(
  folder = join(TOOLS_DIR, 'peer', PEER.version),
): Promise<{ python: string } | { missing: string }> {
  const python = join(folder, 'bin/python');
  if (await isInstalled(python)) return { python };
  if (!(await findOnPath('python3')))
    return { missing: 'it needs Python 3, and python3 is not on the PATH.' };
  console.log(`Installing ${PEER.name} ${PEER.version} in ${folder}; this takes minutes.`);
  try {
    // Only complete environments stay, and they cannot be moved.
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', `${PEER.name}==${PEER.version}`], {
      timeoutMs: INSTALL_TIMEOUT_MS,
    });
    return { python };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!(error instanceof CommandError)) throw error;
    return {
      missing: `it could not be installed, which needs Python's venv and pip, and a package index. ${error.message}`,
    };
  }
}

/** pip installs what a package needs before the package itself. */
async function isInstalled(python: string): Promise<boolean> {
  const code = `from importlib.metadata import version; print(version('${PEER.name}'))`;
  try {
    return (await run(python, ['-c', code])).stdout.trim() === PEER.version;
  } catch {
    return false;
  }
}
