/** Where a server of 127.0.0.1 listens. */
export interface Neo4jPorts {
  bolt: number;
  /** No http, and so no Browser, when absent. */
  http?: number;
}

/** Settings of `neo4j.conf` by name. */
export type Neo4jSettings = Readonly<Record<string, string | boolean>>;

/** `neo4j.conf`. A setting given twice is fatal; `more` wins over the others. */
export function neo4jConf({ bolt, http }: Neo4jPorts, pageCacheMb: number, more: Neo4jSettings = {}): string {
  const settings = {
    'server.default_listen_address': '127.0.0.1',
    'server.default_advertised_address': '127.0.0.1',
    'server.bolt.listen_address': `127.0.0.1:${bolt}`,
    'server.bolt.advertised_address': `127.0.0.1:${bolt}`,
    'server.http.enabled': http !== undefined,
    ...(http !== undefined && {
      'server.http.listen_address': `127.0.0.1:${http}`,
      'server.http.advertised_address': `127.0.0.1:${http}`,
    }),
    'server.https.enabled': false,
    'server.memory.pagecache.size': `${pageCacheMb}m`,
    'dbms.usage_report.enabled': false,
    // A new store takes 3 MB instead of 516.
    'db.tx_log.preallocate': false,
    'db.checkpoint.interval.time': '1m',
    // Stops in 3 s instead of 10.
    'internal.server.bolt.thread_pool_shutdown_wait_time': '1s',
    ...more,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
