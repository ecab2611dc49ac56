import { chown } from 'node:fs/promises';

/**
 * Runs a test with a file that belongs to another user than this process, neither to root. Only root can give a file away;
 * anybody else becomes another user, as far as this process can tell.
 */
export async function belongingToAnother(
  path: string,
  test: (owner: number) => Promise<void>,
): Promise<void> {
  const { getuid } = process;
  if (getuid?.() === 0) {
    await chown(path, 54_321, 54_321);
    return test(54_321);
  }
  const owner = getuid?.() ?? 0;
  process.getuid = () => owner + 1;
  try {
    await test(owner);
  } finally {
    process.getuid = getuid as () => number;
  }
}
