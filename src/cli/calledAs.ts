import type { Output } from './progressDisplay';

/**
 * Returns how the program was called, with the variables that npm sets: `npm run client --` in a checkout, `npx
 * okta-graph`, or `okta-graph`.
 */
export function calledAs(environment: Readonly<Record<string, string | undefined>>): string {
  const { npm_lifecycle_event: script = '', npm_package_name: name } = environment;
  if (script === 'npx') return 'npx okta-graph';
  return name === 'okta-graph' && ['client', ...Object.keys(SCRIPTS)].includes(script)
    ? 'npm run client --'
    : 'okta-graph';
}

/** Parts that have an npm script of their own. */
const SCRIPTS: Readonly<Record<string, string>> = {
  start: 'npm start',
  worker: 'npm run worker',
  console: 'npm run console',
  simulator: 'npm run simulator',
};

/** Writes hints such as `okta-graph check` as the program was called. @param commands names of all commands. */
export function asCalled(output: Output, called: string, commands: readonly string[]): Output {
  const hint = new RegExp(`\\bokta-graph (${commands.join('|')})\\b`, 'g');
  const written = (_: string, command: string) =>
    (called.startsWith('npm run') ? SCRIPTS[command] : undefined) ?? `${called} ${command}`;
  return new Proxy(output, {
    get(target, name) {
      if (name === 'write') return (text: string) => target.write(text.replace(hint, written));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
