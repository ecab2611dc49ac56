import { Writable } from 'node:stream';

/** Keeps what is written to it; a pipe unless it is told to be a terminal. */
export class Sink extends Writable {
  text = '';
  /** What each write brought, and when. */
  readonly writes: { text: string; atMs: number }[] = [];

  constructor(readonly isTTY = false) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    this.writes.push({ text: chunk.toString(), atMs: Date.now() });
    done();
  }
}
