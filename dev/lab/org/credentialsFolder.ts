import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for secrets, new for each test or one for all tests of a `describe`; call it within one. */
export function credentialsFolder({ isForAll = false } = {}): {
  path(name: string): string;
  write(name: string, content: unknown): string;
} {
  let folder = '';
  (isForAll ? before : beforeEach)(
    () => void (folder = mkdtempSync(join(tmpdir(), 'okta-graph-credentials-'))),
  );
  (isForAll ? after : afterEach)(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    /** Replaces a file as a whole, as whoever rotates a secret should; anything but text is written as JSON. */
    write(name, content) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      writeFileSync(path(`.${name}`), text, { mode: 0o600 });
      renameSync(path(`.${name}`), path(name));
      return path(name);
    },
  };
}
