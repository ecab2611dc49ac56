/** Sets environment variables for each test of the calling suite, and restores them afterwards. */
export function environmentVariables(variables: () => Record<string, string>): void {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    Object.assign(process.env, variables());
  });
  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });
}
