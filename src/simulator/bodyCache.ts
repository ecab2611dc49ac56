/**
 * Cache of serialized users by index. It keeps the first users that fit and evicts none: clients list all users in
 * order, so an LRU cache that is too small would never have a hit.
 */
export class BodyCache {
  private readonly bodies: (Buffer | undefined)[] = [];
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get(index: number, build: () => Buffer): Buffer {
    const cached = this.bodies[index];
    if (cached) return cached;
    const body = build();
    if (this.bytes + body.length <= this.maxBytes) {
      this.bodies[index] = body;
      this.bytes += body.length;
    }
    return body;
  }

  drop(index: number): void {
    this.bytes -= this.bodies[index]?.length ?? 0;
    this.bodies[index] = undefined;
  }
}
