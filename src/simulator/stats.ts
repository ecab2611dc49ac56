import type { BucketName } from './buckets';
import type { Route, RouteKind } from './routes';

export interface StatsSnapshot {
  /** All calls except control routes, including 429 responses. */
  readonly calls: number;
  readonly byRoute: Readonly<Partial<Record<RouteKind, number>>>;
  /** Calls that counted against a limit. */
  readonly byBucket: Readonly<Partial<Record<BucketName, number>>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly rateLimited: { readonly limit: number; readonly concurrency: number };
  /** Total size of response bodies. */
  readonly bytes: number;
  readonly maxConcurrent: number;
  /** Calls in each minute since the start or the last reset. */
  readonly perMinute: readonly number[];
}

/** Statistics about calls to the simulated org. */
export class Stats {
  private inFlight = 0;
  private counts = emptyCounts();

  get concurrent(): number {
    return this.inFlight;
  }

  /** @returns a function to call when the response has ended. */
  begin(route: Route): () => void {
    const { counts } = this;
    const minute = Math.floor((Date.now() - counts.startedAtMs) / 60_000);
    while (counts.perMinute.length <= minute) counts.perMinute.push(0);
    counts.perMinute[minute] = (counts.perMinute[minute] ?? 0) + 1;
    counts.calls++;
    increment(counts.byRoute, route.kind);
    this.inFlight++;
    counts.maxConcurrent = Math.max(counts.maxConcurrent, this.inFlight);
    return () => this.inFlight--;
  }

  counted(bucket: BucketName): void {
    increment(this.counts.byBucket, bucket);
  }

  rateLimited(cause: 'limit' | 'concurrency'): void {
    this.counts.rateLimited[cause]++;
  }

  answered(status: number, bytes: number): void {
    increment(this.counts.byStatus, String(status));
    this.counts.bytes += bytes;
  }

  snapshot(): StatsSnapshot {
    const { startedAtMs: _, ...counts } = structuredClone(this.counts);
    return counts;
  }

  reset(): void {
    this.counts = emptyCounts();
  }
}

function emptyCounts() {
  return {
    startedAtMs: Date.now(),
    calls: 0,
    byRoute: {} as Partial<Record<RouteKind, number>>,
    byBucket: {} as Partial<Record<BucketName, number>>,
    byStatus: {} as Record<string, number>,
    rateLimited: { limit: 0, concurrency: 0 },
    bytes: 0,
    maxConcurrent: 0,
    perMinute: [] as number[],
  };
}

function increment<Key extends string>(counts: Partial<Record<Key, number>>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
