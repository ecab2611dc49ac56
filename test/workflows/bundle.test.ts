import assert from 'node:assert/strict';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';
import { syncBundle } from '../../dev/lab/servers/bundle';

const ROOT = join(__dirname, '../..');

/** Of this project, besides `src/workflows` itself: the contract, the shapes of what comes from outside, and what codes mean. */
const OWN = [
  'src/boundary/inputs.ts',
  'src/codes.ts',
  'src/contract.ts',
  'src/faults/fault.ts',
  'src/faults/temporalFailure.ts',
];

const PACKAGES = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc', 'zod'];

describe('The workflow bundle', () => {
  let files: string[];

  before(async () => {
    files = filesOf((await syncBundle()).code);
  });

  it('holds the workflows', () => {
    assert(files.includes('src/workflows/syncOkta.ts'));
  });

  it('holds nothing else of this project but the contract, the shapes of inputs and the table of codes: no activity, no graph, no Okta code', () => {
    const own = files.filter((file) => file.startsWith('src/') && !file.startsWith('src/workflows'));
    assert.deepEqual(own, OWN);
  });

  it('holds no package but those that the SDK needs and the one that checks shapes: no axios, no neo4j-driver, no client', () => {
    const packages = new Set(files.flatMap((file) => packageOf(file) ?? []));
    assert.deepEqual([...packages].sort(), PACKAGES);
  });

  it('holds no module of Node; the bundler itself refuses an import of one', () => {
    assert.deepEqual(
      files.filter((file) => isBuiltin(file)),
      [],
    );
  });
});

/** The files that went into a bundle, from its source map; those of this project from its root. */
function filesOf(code: string): string[] {
  const map = /\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(\S+)\s*$/.exec(code)?.[1];
  assert(map !== undefined, 'the bundle has no source map');
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] };
  return sources.map((file) => (file.startsWith(ROOT) ? relative(ROOT, file).replaceAll(sep, '/') : file));
}

function packageOf(file: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
}
