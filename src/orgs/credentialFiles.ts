import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { OrgConfig, OrgsRead } from './org';
import { checkSecretFolder, readSecretFile, SecretFileError } from './secretFile';
import { readCredentials } from './credentials';
import { parseOktaDomain } from './domain';

const SUFFIX = '.json';

const FILE = z.strictObject({
  domain: z.string(),
  token: z.string().optional(),
  clientId: z.string().optional(),
  /** A JWK may be given as a JSON object. */
  privateKey: z
    .union([z.string(), z.record(z.string(), z.json()).transform((jwk) => JSON.stringify(jwk))])
    .optional(),
});

const NAMES = { token: 'token', clientId: 'clientId', privateKey: 'privateKey' };

/**
 * Reads the orgs of a directory that only this user and root may write to: one file `<domain>.json` per org, which only
 * its owner may read. An invalid file yields no org.
 */
export function readCredentialFiles(directory: string): OrgsRead {
  const faults: string[] = [];
  let names: string[];
  try {
    checkSecretFolder(directory);
    names = readdirSync(directory).filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { orgs: [], faults: [directoryFault(directory, error as Error)], isUnread: () => !isMissing };
  }
  const orgs = names.sort().flatMap((name) => {
    const path = join(directory, name);
    const report = (fault: string) => void faults.push(`${path} ${fault}`);
    return readCredentialFile(path, name.slice(0, -SUFFIX.length), report) ?? [];
  });
  const read = new Set(orgs.map(({ domain }) => domain + SUFFIX));
  return {
    orgs,
    faults,
    isUnread: (domain) => names.includes(domain + SUFFIX) && !read.has(domain + SUFFIX),
  };
}

function directoryFault(directory: string, error: Error): string {
  if (error instanceof SecretFileError)
    return `OKTA_CREDENTIALS_DIR points to ${directory}, which ${error.message}`;
  return `OKTA_CREDENTIALS_DIR cannot be read: ${error.message}`;
}

function readCredentialFile(
  path: string,
  domain: string,
  report: (fault: string) => void,
): OrgConfig | undefined {
  const fields = parseFile(readOwnFile(path, report), report);
  if (!fields) return undefined;
  const found = normalized(fields.domain, report);
  if (found && found.domain !== domain)
    report(`contains the domain ${found.domain}: rename it to ${found.domain}${SUFFIX}`);
  const credentials = readCredentials(fields, NAMES, report);
  return found?.domain === domain && credentials ? { ...found, credentials, file: path } : undefined;
}

function readOwnFile(path: string, report: (fault: string) => void): string | undefined {
  try {
    return readSecretFile(path);
  } catch (error) {
    const { message } = error as Error;
    report(error instanceof SecretFileError ? message : `cannot be read: ${message}`);
    return undefined;
  }
}

function parseFile(
  text: string | undefined,
  report: (fault: string) => void,
): z.infer<typeof FILE> | undefined {
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message would quote the text.
    report(
      'is not JSON; write {"domain": …, "token": …}, or "clientId" and "privateKey" instead of the token',
    );
    return undefined;
  }
  const { success, data, error } = FILE.safeParse(json);
  if (success) return data;
  for (const issue of error.issues) report(`${issue.path.join('.')} ${issue.message}`.trimStart());
  return undefined;
}

function normalized(
  domain: string,
  report: (fault: string) => void,
): ReturnType<typeof parseOktaDomain> | undefined {
  try {
    return parseOktaDomain(domain);
  } catch (error) {
    report(`domain ${(error as Error).message}`);
    return undefined;
  }
}
