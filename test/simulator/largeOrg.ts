import { startSimulator, type OktaUser } from '../../src/simulator';
import { call } from './httpClient';

/** Starts a large org as a separate process, reads a page of it, and prints its memory usage. */
async function main(): Promise<void> {
  const simulator = await startSimulator({ users: 100_000, groups: 10_000, memberships: 1_000_000 });
  const path = `/api/v1/groups/${simulator.org.everyone.id}/users`;
  const members = (await call<OktaUser[]>(simulator, path)).json.length;
  const { memberships } = simulator.org.truth().counts;
  process.stdout.write(JSON.stringify({ memberships, members, rssBytes: process.memoryUsage().rss }));
  await simulator.close();
}

void main();
