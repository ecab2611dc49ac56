#!/usr/bin/env node
import { main } from './cli/main';
import { checkOkta } from './okta/check';
import { organizationAt } from './okta/organizationAt';

// A reader that has seen enough, such as `head`, closes the pipe; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const okta = { check: checkOkta, findOrganization: organizationAt };

void main(process.argv.slice(2), { out: process.stdout, err: process.stderr }, okta).then((exitCode) => {
  process.exitCode = exitCode;
});
