import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VARIABLES } from '../src/config/variables';
import { CONSOLE_VARIABLES } from '../src/console/settings';
import { pageWith } from './markdown';

const FILE = join(__dirname, '../docs/configuration.md');

/** How the variables of a chapter begin. */
const CHAPTERS = {
  Okta: /^OKTA_/,
  Sync: /^(SYNC|WATCH|HISTORY|SHOW|USER|GROUP|OMIT)_/,
  Notifications: /^NOTIFY_/,
  Temporal: /^TEMPORAL_/,
  Neo4j: /^NEO4J_/,
  Monitoring: /^(LOG|METRICS|HEALTH|OTEL)_/,
  Console: /^CONSOLE_/,
};

/** What a parser says about its variable. */
interface Meta {
  description?: string;
  /** What it accepts, in addition to its meaning. */
  values?: string;
  default?: string;
  /** What applies if it is absent. */
  unset?: string;
}

/** `docs/configuration.md` with the variables that are parsed by `src/config` and the console. */
export async function configurationDoc(): Promise<string> {
  const rows = [...rowsOf(VARIABLES), ...rowsOf(CONSOLE_VARIABLES)];
  const tables = Object.entries(CHAPTERS).map(([name, begin]) => {
    const own = rows.filter(([variable]) => begin.test(variable)).map(([, row]) => row);
    return [name, ['| variable | default | meaning |', '| --- | --- | --- |', ...own].join('\n')];
  });
  return pageWith(FILE, Object.fromEntries(tables) as Record<string, string>);
}

/** A row of a table for each variable. */
function rowsOf(variables: z.ZodObject): [variable: string, row: string][] {
  const { properties = {}, required = [] } = z.toJSONSchema(variables, { io: 'input' });
  return Object.entries(properties as Record<string, Meta>).map(([name, meta]) => {
    const unset = required.includes(name) ? 'required' : (meta.unset ?? '');
    const usual = meta.default === undefined ? unset : `\`${meta.default}\``;
    const values = meta.values === undefined ? '' : ` (${meta.values})`;
    return [name, `| \`${name}\` | ${usual} | ${meta.description ?? ''}${values} |`];
  });
}

if (require.main === module) {
  void configurationDoc().then((text) => writeFileSync(FILE, text));
}
