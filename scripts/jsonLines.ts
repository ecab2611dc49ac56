import { existsSync, readFileSync } from 'node:fs';

/** What a file has on its lines, each JSON; nothing where there is no file. */
export function readJsonLines<T>(path: string): T[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line) as T);
}
