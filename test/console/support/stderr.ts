/** Captures what this process writes to stderr in each test. Call it within a `describe`. */
export function useStderr(): { text: string } {
  const log = { text: '' };
  const { stderr } = process;
  const write = stderr.write.bind(stderr);
  beforeEach(() => {
    log.text = '';
    stderr.write = (chunk: string | Uint8Array) => {
      log.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  });
  afterEach(() => void (stderr.write = write));
  return log;
}
