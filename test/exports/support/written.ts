import type { Folder } from '../../../src/exports/output';

/** Keeps the files that an export writes. */
export class WrittenFolder implements Folder {
  readonly files = new Map<string, Buffer>();

  async file(name: string, work: Parameters<Folder['file']>[1]): Promise<void> {
    const parts: Buffer[] = [];
    await work(async (data) => void parts.push(Buffer.from(data)));
    this.files.set(name, Buffer.concat(parts));
  }
}
