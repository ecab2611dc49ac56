#!/usr/bin/env node
import './text/requiredNode';
import { calledAs } from './cli/calledAs';
import { exitWhenWritten } from './cli/exitWhenWritten';
import { main } from './cli/main';
import type { Access, PartCommand } from './cli/program';
import { processEnvironment, readEnvironment } from './config';
import { withLocalStack } from './config/localStack';

/** Parts of okta-graph that run until they are stopped. Each is loaded only when it is run. */
const PARTS: readonly PartCommand[] = [
  {
    name: 'start',
    description:
      'run everything locally: Temporal, Neo4j, a worker, the console and, if none is configured, a simulated org',
    options: async () => (await import('./local/options.js')).startCommand(),
    run: async (args, io, envFile) =>
      (await import('./local/start.js')).start(args, io, () => readEnvironment(envFile)),
  },
  {
    name: 'worker',
    description: 'run a worker, which executes the syncs',
    run: async (_, __, envFile) => (await import('./worker.js')).main(() => environment(envFile)),
  },
  {
    name: 'console',
    description: 'serve the console, a web page for operators',
    run: async (_, { err }, envFile) =>
      (await import('./console/main.js')).main(err, () => environment(envFile)),
  },
  {
    name: 'simulator',
    description: 'serve a simulated Okta org, for a demo or a test',
    options: async () => (await import('./simulator/options.js')).simulatorCommand(),
    run: async (args, io) => (await import('./simulator/main.js')).main(args, io),
  },
];

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader such as `head` closes the pipe early, which is not an error.
  if (error.code === 'EPIPE') process.exit(0);
  const why = error.code === 'ENOSPC' ? 'The disk is full.' : 'Check where it is written to.';
  process.stderr.write(`The output could not be written to stdout (${error.code}). ${why}\n`);
  process.exit(1);
});

/** Commands, and another worker or console, find a local stack by themselves. */
const environment = (envFile?: string) =>
  envFile === undefined ? withLocalStack(readEnvironment()) : readEnvironment(envFile);

const access: Access = {
  check: async (...asked) => (await import('./okta/check.js')).checkOkta(...asked),
  findOrganization: async (...asked) => (await import('./okta/organizationAt.js')).organizationAt(...asked),
  hasUser: async (...asked) => (await import('./okta/hasUser.js')).hasUser(...asked),
  parts: PARTS,
  called: calledAs(processEnvironment()),
};

void main(process.argv.slice(2), { out: process.stdout, err: process.stderr }, access, environment).then(
  (exitCode) => {
    process.exitCode = exitCode;
    void exitWhenWritten([process.stdout, process.stderr], () => process.exit());
  },
);
