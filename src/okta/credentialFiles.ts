import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { OrgConfig } from '../config';
import { readCredentials } from './credentials';
import { parseOktaDomain } from './domain';

const SUFFIX = '.json';

/** Permissions of the group and of others. */
const OTHERS = 0o077;

const FILE = z.strictObject({
  domain: z.string(),
  token: z.string().optional(),
  clientId: z.string().optional(),
  /** A JWK may stand there as the object that it is. */
  privateKey: z
    .union([z.string(), z.record(z.string(), z.json()).transform((jwk) => JSON.stringify(jwk))])
    .optional(),
});

const NAMES = { token: 'token', clientId: 'clientId', privateKey: 'privateKey' };

/**
 * The orgs of a directory: one file `<domain>.json` for each, which only its owner may read.
 *
 * @param tell takes each fault, with the way to mend it; a file with a fault gives no org.
 */
export function readCredentialFiles(directory: string, tell: (fault: string) => void): OrgConfig[] {
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'));
  } catch (error) {
    tell(`OKTA_CREDENTIALS_DIR cannot be read: ${(error as Error).message}`);
    return [];
  }
  return names.sort().flatMap((name) => {
    const path = join(directory, name);
    return readCredentialFile(path, name.slice(0, -SUFFIX.length), (fault) => tell(`${path} ${fault}`)) ?? [];
  });
}

function readCredentialFile(
  path: string,
  domain: string,
  tell: (fault: string) => void,
): OrgConfig | undefined {
  const fields = parseFile(readOwnFile(path, tell), tell);
  if (!fields) return undefined;
  const found = normalized(fields.domain, tell);
  if (found && found.domain !== domain) tell(`is of ${found.domain}: rename it to ${found.domain}${SUFFIX}`);
  const credentials = readCredentials(fields, NAMES, tell);
  return found?.domain === domain && credentials ? { ...found, credentials } : undefined;
}

function readOwnFile(path: string, tell: (fault: string) => void): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const { mode } = fstatSync(file);
      if ((mode & OTHERS) === 0) return readFileSync(file, 'utf8');
      tell(`can be read by others (mode ${(mode & 0o777).toString(8)}); run: chmod 600 ${path}`);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    tell(`cannot be read: ${(error as Error).message}`);
  }
  return undefined;
}

function parseFile(
  text: string | undefined,
  tell: (fault: string) => void,
): z.infer<typeof FILE> | undefined {
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    tell('is not JSON; write {"domain": …, "token": …}, or "clientId" and "privateKey" for the token');
    return undefined;
  }
  const { success, data, error } = FILE.safeParse(json);
  if (success) return data;
  for (const issue of error.issues) tell(`${issue.path.join('.')} ${issue.message}`.trimStart());
  return undefined;
}

function normalized(
  domain: string,
  tell: (fault: string) => void,
): ReturnType<typeof parseOktaDomain> | undefined {
  try {
    return parseOktaDomain(domain);
  } catch (error) {
    tell(`domain ${(error as Error).message}`);
    return undefined;
  }
}
