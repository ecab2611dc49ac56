import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The process of a server that was started here, as its record in its data folder names it. */
export async function serverPid(dataDir: string, name: 'temporal' | 'neo4j'): Promise<number> {
  const record = await readFile(join(dataDir, `${name}.process.json`), 'utf8');
  return (JSON.parse(record) as { server: { pid: number } }).server.pid;
}
