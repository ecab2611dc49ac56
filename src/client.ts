#!/usr/bin/env node
import { main } from './cli/main';
import { checkOkta } from './okta/check';

// A reader that has seen enough, such as `head`, closes the pipe; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

void main(process.argv.slice(2), { out: process.stdout, err: process.stderr }, checkOkta).then((exitCode) => {
  process.exitCode = exitCode;
});
