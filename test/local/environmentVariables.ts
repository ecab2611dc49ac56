/** Sets variables of this process for each test of the suite that calls this, and puts them back after it. */
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
