// Imported first by each program: without this check, an older Node.js fails later without naming the cause.
const REQUIRED = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
  process.stderr.write(
    `okta-graph needs Node.js ${REQUIRED.join('.')} or newer, and this is ${process.versions.node}.\n`,
  );
  process.exit(2);
}
