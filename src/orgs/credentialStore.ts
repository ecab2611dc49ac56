import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OktaCredentials } from './credentials';
import { parseOktaDomain } from './domain';

/**
 * Returns the path of the file in `OKTA_CREDENTIALS_DIR` with an org's credentials.
 *
 * @throws Error if the text is not a normalized domain: the path MUST NOT leave the directory.
 */
export function credentialFile(directory: string, domain: string): string {
  if (parseOktaDomain(domain).domain !== domain)
    throw new Error(`"${domain}" is not a normalized Okta domain`);
  return join(directory, `${domain}.json`);
}

/** Writes an org's credentials to a file that only this user can read; an existing file is replaced atomically. */
export async function writeCredentials(
  directory: string,
  domain: string,
  credentials: OktaCredentials,
): Promise<void> {
  const file = credentialFile(directory, domain);
  const content =
    credentials.kind === 'token'
      ? { domain, token: credentials.token.reveal() }
      : { domain, clientId: credentials.clientId, privateKey: credentials.privateKey.reveal() };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await removeLeftovers(directory);
  const incomplete = join(directory, `.${randomUUID()}`);
  try {
    await writeFile(incomplete, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(incomplete, file);
  } catch (error) {
    await rm(incomplete, { force: true });
    throw error;
  }
}

/** Removes an org's credentials, if there are any. */
export async function removeCredentials(directory: string, domain: string): Promise<void> {
  await rm(credentialFile(directory, domain), { force: true });
  // The org is removed even if this fails.
  await removeLeftovers(directory).catch(() => undefined);
}

/** Name of a file that is not complete yet. */
const INCOMPLETE = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Age after which an incomplete file is considered left over: writing one takes milliseconds. */
const LEFT_AFTER_MS = 60_000;

/** Removes incomplete files of a process that was killed while writing: they contain secrets that nobody knows of. */
export async function removeLeftovers(directory: string): Promise<void> {
  for (const name of (await readdir(directory)).filter((each) => INCOMPLETE.test(each))) {
    const file = join(directory, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > LEFT_AFTER_MS) await rm(file, { force: true });
  }
}
