import { startSimulator, type OktaUser } from '../../src/simulator/index';
import { call } from './httpClient';

/** A process of its own that holds a large org, reads a page of it, and tells how much memory that took. */
async function main(): Promise<void> {
  const simulator = await startSimulator({ users: 100_000, groups: 10_000, memberships: 1_000_000 });
  const path = `/api/v1/groups/${simulator.org.everyone.id}/users`;
  const members = (await call<OktaUser[]>(simulator, path)).json.length;
  const { memberships } = simulator.org.truth().counts;
  process.stdout.write(JSON.stringify({ memberships, members, rssBytes: process.memoryUsage().rss }));
  await simulator.close();
}

void main();
