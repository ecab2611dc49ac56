import { join } from 'node:path';
import type { BuiltStack } from '../dev/lab/org/builtStack';
import { toolEnvironment } from '../src/local/childEnvironment';
import { run } from '../src/local/command';
import { neo4jVariables } from '../dev/lab/environment';
import { installPeer, PEER } from './peer/install';
import type { BenchOptions } from './options';
import { firstRun, startLab } from './runs';
import { median } from './support/median';
import type { SizeName } from './support/sizes';
import { headerOf, lineOf, ratio, secondsOf, type Column } from './support/text';

interface Figures {
  wallMs: number;
  calls: number;
}

/** First syncs of the same org, each into a Neo4j that has just started. */
export interface PeerRow {
  size: string;
  ours: Figures[];
  peer: Figures[];
  /** Why the peer was not measured. */
  missing?: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'size', width: 6, isText: true },
  { title: 'sync', width: 20, isText: true },
  { title: 'wall s', width: 20 },
  { title: 'ratio', width: 6 },
  { title: 'calls', width: 6 },
  { title: 'ratio', width: 6 },
];

/**
 * A first sync of users, groups and memberships by us and by cartography: the same org at the same latency, a Neo4j that
 * has just started for each. Ours is measured from the start of the workflow to its end, cartography from its first call
 * to the end of its cleanup; neither includes the start of the program. The org has no people with unusual data, which
 * cartography's SDK refuses.
 */
export async function benchPeer(options: BenchOptions): Promise<PeerRow[]> {
  const installed = await installPeer();
  if ('missing' in installed) console.log(`${PEER.name} is left out: ${installed.missing}`);
  console.log(headerOf(COLUMNS));
  const rows: PeerRow[] = [];
  for (const size of options.size) {
    const row: PeerRow = { size, ours: [], peer: [], ...('missing' in installed ? installed : {}) };
    for (let time = 0; time < options.times; time += 1) {
      row.ours.push(await firstRun(size, options.latency, false));
      if ('python' in installed) row.peer.push(await peerRun(size, options.latency, installed.python));
    }
    rows.push(row);
    print(row);
  }
  return rows;
}

/** @throws Error if the peer fails, or its graph does not hold the org's users, groups and memberships. */
async function peerRun(size: SizeName, latencyMs: number, python: string): Promise<Figures> {
  const lab = await startLab(size, latencyMs, false);
  try {
    const seconds = await syncPeer(lab, python);
    const { calls } = await lab.org.stats();
    await checkGraph(lab);
    return { wallMs: seconds * 1000, calls };
  } finally {
    await lab.stop();
  }
}

/** One sync by the peer into the lab's Neo4j. @returns its duration in seconds. */
export async function syncPeer(lab: BuiltStack, python: string): Promise<number> {
  const { stdout } = await run(python, ['-W', 'ignore', join(__dirname, 'peer/sync.py')], {
    env: {
      ...toolEnvironment(),
      ...neo4jVariables(lab.neo4jServer),
      OKTA_DOMAIN: lab.org.domain,
      OKTA_API_TOKEN: lab.org.token,
    },
  });
  return (JSON.parse(stdout) as { seconds: number }).seconds;
}

async function checkGraph(lab: BuiltStack): Promise<void> {
  const { users, groups, memberships } = await lab.org.counts();
  const [found] = await lab.db.read<Record<'users' | 'groups' | 'memberships', number>>(`
    RETURN COUNT { (:OktaUser) } AS users, COUNT { (:OktaGroup) } AS groups,
      COUNT { (:OktaUser)-[:MEMBER_OF]->(:OktaGroup) } AS memberships`);
  if (found?.users === users && found.groups === groups && found.memberships === memberships) return;
  throw new Error(
    `${PEER.name} wrote ${JSON.stringify(found)}, the org has ${JSON.stringify({ users, groups, memberships })}`,
  );
}

function print({ size, ours, peer, missing }: PeerRow): void {
  const wallOf = (figures: readonly Figures[]) => figures.map(({ wallMs }) => wallMs);
  const callsOf = (figures: readonly Figures[]) => median(figures.map(({ calls }) => calls));
  const peerName = `${PEER.name} ${PEER.version}`;
  console.log(
    lineOf(COLUMNS, [size, 'okta-graph', secondsOf(wallOf(ours)), '1.00', String(callsOf(ours)), '1.00']),
  );
  const cells =
    missing === undefined
      ? [
          secondsOf(wallOf(peer)),
          ratio(median(wallOf(peer)), median(wallOf(ours))),
          String(callsOf(peer)),
          ratio(callsOf(peer), callsOf(ours)),
        ]
      : ['left out'];
  console.log(lineOf(COLUMNS, [size, peerName, ...cells]));
}
