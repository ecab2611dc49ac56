import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The SHA-256 of the files of a folder, one a line, in order of their names, as `sha256sum *` prints them. */
export async function listOf(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), hash);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  return lines.join('');
}

/** Where two such lists differ, in words; undefined where they are the same. */
export function differenceOf(found: string, expected: string): string | undefined {
  const [here, wanted] = [parse(found), parse(expected)];
  const missing = [...wanted.keys()].filter((name) => !here.has(name));
  const extra = [...here.keys()].filter((name) => !wanted.has(name));
  const changed = [...here.keys()].filter((name) => wanted.has(name) && wanted.get(name) !== here.get(name));
  const parts = [
    ...(changed.length > 0 ? [`other content than expected: ${changed.join(', ')}`] : []),
    ...(extra.length > 0 ? [`not expected: ${extra.join(', ')}`] : []),
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : undefined;
}

function parse(list: string): Map<string, string> {
  const lines = list.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}
