/**
 * Serialised users by index. It keeps the first that fit and evicts none: under listings that read everyone
 * in turn, throwing out the oldest would leave no hit at all.
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
