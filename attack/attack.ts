import type { NeighborPort } from '../dev/lab/org/hostileCursors';

/** An attempt at unauthorized access, or at denial of service. */
export interface Attack {
  /** What is tried. */
  title: string;
  /**
   * Tries it, a bounded number of times, at addresses of this machine's loopback only.
   *
   * @returns what was reached or broken, a sentence each; none when everything held.
   */
  run(target: Target): Promise<string[]>;
}

/** A whole installation of the build, next to a listener that nobody may reach. */
export interface Target {
  readonly org: { domain: string; origin: string; token: string };
  /** Requests that the org has answered so far, by route. */
  orgCalls(): Promise<Readonly<Record<string, number>>>;
  /** A console that listens on every address and asks for a password. */
  readonly console: { origin: string; password: string };
  readonly temporal: { address: string; taskQueue: string };
  /** What must be in no argument list, no environment of a server, no log and no history. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Process ids: of the worker and the console, and of the servers that were started for them. */
  readonly processes: ReadonlyMap<'worker' | 'console' | 'Temporal' | 'Neo4j', number>;
  /** Folder that holds everything that the servers keep. */
  readonly folder: string;
  /** What the worker and the console have logged. */
  logs(): string;
  readonly neighbor: NeighborPort;
}
