import { Command } from 'commander';
import { KEEP_ALL, type DataRules } from '../src/config/dataRules';
import { wholeOption } from '../src/text/wholeOption';
import { mochaGlobalTeardown as stopServers } from '../dev/lab/servers/services';
import { exitAfter } from '../dev/lab/exitAfter';
import { OrgUnderTest } from '../dev/lab/org/orgUnderTest';
import { assertNone } from './support/assertNone';
import { UNLIMITED } from './support/sizes';

interface Options {
  users: number;
  groups: number;
  memberships: number;
}

/** Settings of an installation, in the order in which it changes them. */
const SETTINGS: readonly (readonly [what: string, rules: DataRules])[] = [
  ['nothing', KEEP_ALL],
  [
    'USER_PROPERTIES=costCenter,city',
    {
      ...KEEP_ALL,
      promoted: {
        User: ['costCenter', 'city'].map((attribute) => ({ attribute, property: attribute })),
        Group: [],
      },
    },
  ],
  ['OMIT_ATTRIBUTES=mobilePhone,title', { ...KEEP_ALL, omitted: ['mobilePhone', 'title'] }],
];

/** Prints how long the run that applies changed rules for data takes, beside the next run with the same rules. */
async function main(): Promise<void> {
  const { users, groups, memberships } = new Command('dataRules')
    .description('Measures how long it takes to apply USER_PROPERTIES and OMIT_ATTRIBUTES to a graph.')
    .option('--users <count>', 'users', wholeOption(1), 100_000)
    .option('--groups <count>', 'groups', wholeOption(1), 1_000)
    .option('--memberships <count>', 'memberships', wholeOption(1), 100_000)
    .parse()
    .opts<Options>();
  const org = await OrgUnderTest.start({ users, groups, memberships, limits: UNLIMITED, seed: 1 });
  try {
    await org.wholeRun({ mode: 'full' });
    console.log(`${users} users, ${groups} groups, ${memberships} memberships; incremental runs\n`);
    console.log('| set now | run that applies it | next run |\n| --- | --: | --: |');
    for (const [what, data] of SETTINGS) {
      const ports = { sync: { ...org.ports.sync, data } };
      const seconds: string[] = [];
      for (let nth = 0; nth < 2; nth += 1) {
        const sinceMs = performance.now();
        await org.wholeRun({ mode: 'incremental' }, { ports });
        seconds.push(`${((performance.now() - sinceMs) / 1000).toFixed(1)} s`);
      }
      console.log(`| ${what} | ${seconds.join(' | ')} |`);
      if (data.omitted.length === 0) assertNone(await org.differences());
    }
  } finally {
    await org.stop();
    await stopServers();
  }
}

exitAfter(main);
