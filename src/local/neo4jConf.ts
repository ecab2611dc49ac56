/** Ports of a server on 127.0.0.1. */
export interface Neo4jPorts {
  bolt: number;
  /** Without it, the server has no HTTP and no Neo4j Browser. */
  http?: number;
}

/** Settings of `neo4j.conf` by name. */
export type Neo4jSettings = Readonly<Record<string, string | boolean>>;

/** Returns the content of `neo4j.conf`. Neo4j rejects duplicate settings, so `more` overrides the others. */
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
    // A new store takes 3 MB instead of 516 MB.
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
