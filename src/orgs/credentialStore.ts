import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OktaCredentials } from './credentials';
import { parseOktaDomain } from './domain';

/**
 * The file of `OKTA_CREDENTIALS_DIR` that holds an org's credentials.
 *
 * @throws Error for what is no domain: it MUST NOT lead out of the directory.
 */
export function credentialFile(directory: string, domain: string): string {
  if (parseOktaDomain(domain).domain !== domain)
    throw new Error(`"${domain}" is not written as a domain is kept`);
  return join(directory, `${domain}.json`);
}

/** Writes an org's credentials where only this user reads them; a file that is there is replaced as a whole. */
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
  const half = join(directory, `.${randomUUID()}`);
  try {
    await writeFile(half, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

/** Removes an org's credentials; there may be none. */
export async function removeCredentials(directory: string, domain: string): Promise<void> {
  await rm(credentialFile(directory, domain), { force: true });
  // The org is removed, whatever becomes of these.
  await removeLeftovers(directory).catch(() => undefined);
}

/** The name of a file that is not complete yet. */
const HALF = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** To write a file takes milliseconds. */
const LEFT_AFTER_MS = 60_000;

/** Removes what a process that was killed while it wrote has left: a secret that nobody knows of. */
export async function removeLeftovers(directory: string): Promise<void> {
  for (const name of (await readdir(directory)).filter((each) => HALF.test(each))) {
    const file = join(directory, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > LEFT_AFTER_MS) await rm(file, { force: true });
  }
}
