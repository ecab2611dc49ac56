import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** Most of their time these wait for what is stopped, slow or started anew; so the others run beside them. */
const WAITING = ['failures', 'console', 'containers'];

/** Far above what all tests take on two cores: what hangs is stopped, and what was printed till then is kept. */
const DEADLINE_MS = 25 * 60_000;

/** Runs mocha over some folders and files of `test`; resolves to its exit code. */
function mocha(names: readonly string[], options: readonly string[], output: 'inherit' | 'pipe') {
  const specs = names.map((name) => (name.endsWith('.ts') ? `test/${name}` : `test/${name}/**/*.test.ts`));
  const args = [require.resolve('mocha/bin/mocha.js'), ...specs, ...options];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', output, output],
    timeout: DEADLINE_MS,
    killSignal: 'SIGINT',
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise<{ code: number; output: Buffer }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks) }));
  });
}

/** All tests in two processes at once, each with servers of its own; what the second prints follows the first. */
async function main(options: readonly string[]): Promise<number> {
  const others = readdirSync('test', { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? !WAITING.includes(entry.name) : /\.test\.ts$/.test(entry.name)))
    .map(({ name }) => name);
  const waiting = mocha(WAITING, options, 'pipe');
  const first = await mocha(others, options, 'inherit');
  const second = await waiting;
  process.stdout.write(second.output);
  return Math.max(first.code, second.code);
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
