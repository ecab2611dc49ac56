import type { Neo4jServer } from '../../../src/local/neo4j';
import { BoltCounter } from './boltCounts';
import { startDelayingProxy } from './delayingProxy';

export interface RemoteNeo4j {
  /** For `NEO4J_URI`. */
  uri: string;
  /** Counts what comes by this address. */
  counter: BoltCounter;
  /** Mean delay of a chunk in one direction so far, in milliseconds. */
  meanDelayMs(): number;
  stop(): Promise<void>;
}

/** A second address of a Neo4j server, which is `roundTripMs` per round trip away. */
export async function startRemoteNeo4j(
  { uri }: Pick<Neo4jServer, 'uri'>,
  roundTripMs: number,
): Promise<RemoteNeo4j> {
  const { hostname, port } = new URL(uri);
  const counter = new BoltCounter();
  const proxy = await startDelayingProxy({
    host: hostname,
    port: Number(port),
    delayMs: roundTripMs / 2,
    observe: () => counter.observe(),
  });
  return {
    uri: `bolt://127.0.0.1:${proxy.port}`,
    counter,
    meanDelayMs: () => proxy.meanDelayMs(),
    stop: () => proxy.stop(),
  };
}
