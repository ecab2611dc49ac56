/** Sets environment variables for each test of the calling suite, and restores them afterwards. */
export function environmentVariables(variables: () => Record<string, string>): void {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    Object.assign(process.env, variables());
  });
  afterEach(() => {
    process.env = before;
  });
}
