import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { toolEnvironment } from './childEnvironment';
import { run, succeeds } from './command';
import type { Neo4jPorts } from './neo4jConf';
import { setInitialPassword } from './neo4jPassword';
import { NEO4J_IMAGE } from './neo4jVersion';

const ENGINE_TIMEOUT_MS = 10_000;

/** Returns true if a Docker engine responds. */
export async function canRunDocker(): Promise<boolean> {
  return succeeds(run('docker', ['info'], { timeoutMs: ENGINE_TIMEOUT_MS }));
}

/** Returns the command to run Neo4j with its data in `dataDir`, in a container that stops with the command. */
export async function prepareDocker(dataDir: string, ports: Neo4jPorts, password: string) {
  await setInitialPassword(dataDir, password);
  const container = `okta-graph-neo4j-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`;
  await succeeds(run('docker', ['rm', '--force', container]));
  const settings = {
    NEO4J_dbms_usage__report_enabled: 'false',
    NEO4J_server_memory_heap_max__size: '1g',
    NEO4J_server_memory_pagecache_size: '512m',
  };
  return {
    command: 'docker',
    args: [
      ...['run', '--rm', '--name', container],
      // By default, the image runs as its own user, whose files the owner of `dataDir` could not delete.
      ...['--user', `${process.getuid?.() ?? 1_000}:${process.getgid?.() ?? 1_000}`],
      ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...['--volume', `${join(dataDir, 'data')}:/data`],
      ...['--publish', `127.0.0.1:${ports.bolt}:7687`],
      ...(ports.http === undefined ? [] : ['--publish', `127.0.0.1:${ports.http}:7474`]),
      ...Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      NEO4J_IMAGE,
    ],
    env: toolEnvironment(),
  };
}
