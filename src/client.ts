#!/usr/bin/env node
import { main } from './cli/main';
import { checkOkta } from './okta/check';
import { organizationAt } from './okta/organizationAt';

// A reader such as `head` closes the pipe early, which is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const okta = { check: checkOkta, findOrganization: organizationAt };

void main(process.argv.slice(2), { out: process.stdout, err: process.stderr }, okta).then((exitCode) => {
  process.exitCode = exitCode;
});
