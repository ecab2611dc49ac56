import { BuiltStack } from '../dev/lab/org/builtStack';
import { installPeer, PEER } from './peer/install';
import { syncPeer } from './peer';
import { measuredRun } from './measuredRun';
import { SIZES, UNLIMITED } from './support/sizes';

/** Tries what becomes of our graph, and of the peer's, if both sync the same org into one database. */

interface Found {
  /** Where our graph is not what the org is. */
  differences: string[];
  /** Our users whose `created` is no longer a time, and nodes that are both tools'. */
  texts: number;
  shared: number;
  /** Users of the peer. */
  peers: number;
}

async function main(): Promise<void> {
  const installed = await installPeer();
  if ('missing' in installed) throw new Error(`${PEER.name} is needed: ${installed.missing}`);
  for (const OKTA_LABELS of ['true', 'false']) {
    const lab = await BuiltStack.start({
      size: SIZES.small,
      seed: 1,
      settings: { latencyMs: 0, limits: UNLIMITED },
      environment: { OKTA_LABELS },
      hasAwkwardPeople: false,
    });
    try {
      const worker = await lab.startWorker();
      await measuredRun(lab, worker, 'full');
      await syncPeer(lab, installed.python);
      print(OKTA_LABELS, `after ${PEER.name}`, await found(lab));
      await measuredRun(lab, worker, 'full');
      print(OKTA_LABELS, 'after another run of ours', await found(lab));
      await worker.stop();
    } finally {
      await lab.stop();
    }
  }
}

async function found(lab: BuiltStack): Promise<Found> {
  const [counts] = await lab.db.read<Omit<Found, 'differences'>>(`
    RETURN COUNT { MATCH (u:User) WHERE u.okta_domain IS NOT NULL AND NOT u.created IS :: ZONED DATETIME } AS texts,
      COUNT { MATCH (u:OktaUser&User) WHERE u.lastupdated IS NOT NULL } AS shared,
      COUNT { MATCH (u:OktaUser) WHERE u.lastupdated IS NOT NULL } AS peers`);
  return { differences: await lab.differences(), ...(counts ?? { texts: 0, shared: 0, peers: 0 }) };
}

function print(labels: string, when: string, { differences, texts, shared, peers }: Found): void {
  console.log(
    `OKTA_LABELS=${labels}, ${when}: ${differences.length} differences, ${texts} of our users with a text as time, ${shared} of ${peers} users of ${PEER.name} are ours too`,
  );
  for (const difference of differences.slice(0, 3)) console.log(`  ${difference}`);
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
