import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Returns the SHA-256 of each file in a folder, one per line and sorted by name, like `sha256sum *`. */
export async function listOf(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), hash);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  return lines.join('');
}

/** Describes the difference between two such lists; undefined if they are equal. */
export function differenceOf(found: string, expected: string): string | undefined {
  const [here, wanted] = [parse(found), parse(expected)];
  const missing = [...wanted.keys()].filter((name) => !here.has(name));
  const extra = [...here.keys()].filter((name) => !wanted.has(name));
  const changed = [...here.keys()].filter((name) => wanted.has(name) && wanted.get(name) !== here.get(name));
  const parts = [
    ...(changed.length > 0 ? [`unexpected content: ${changed.join(', ')}`] : []),
    ...(extra.length > 0 ? [`unexpected: ${extra.join(', ')}`] : []),
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : undefined;
}

function parse(list: string): Map<string, string> {
  const lines = list.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}
