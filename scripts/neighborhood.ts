import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrawnNode, Drawing } from '../src/pictures/drawing';
import { svgOf } from '../src/pictures/svg';
import { startSimulator } from '../src/simulator';

const FILE = join(__dirname, '../docs/neighborhood.svg');
/** Of the simulated org that `npm start` makes; also its seed. */
const DEMO_PORT = 8989;
const LOGIN = 'jose.torres.1176@acme.example';

/** The picture of docs/cli.md: what `client graph --user` draws of somebody in the simulated org of `npm start`. */
async function main(): Promise<void> {
  const sim = await startSimulator({ users: 2_000, groups: 200, seed: DEMO_PORT });
  const truth = sim.org.truth();
  const users = new Map([...truth.users()].map((user) => [user.id, user]));
  const groups = new Map([...truth.groups()].map((group) => [group.id, group]));
  const edges = [...truth.edges()];
  await sim.close();
  const user = [...users.values()].find(({ profile }) => profile['login'] === LOGIN);
  const manager = users.get(String(user?.profile['managerId']));
  if (!user || !manager) throw new Error(`The simulated org has no ${LOGIN} with a manager.`);
  const person = ({ id, status, profile }: typeof user): DrawnNode => ({
    key: id,
    kind: 'user',
    isFaint: status === 'DEPROVISIONED',
    name: String(profile['displayName']),
    detail: status === 'DEPROVISIONED' ? 'deprovisioned' : String(profile['title']),
  });
  const ids = edges.flatMap(([userId, groupId]) => (userId === user.id ? [groupId] : []));
  const drawing: Drawing = {
    nodes: [
      person(user),
      person(manager),
      ...ids.map((key): DrawnNode => ({
        key,
        kind: 'group',
        isFaint: false,
        name: String(groups.get(key)?.profile['name']),
        detail: undefined,
      })),
    ],
    links: [
      { from: user.id, to: manager.id, kind: 'reports' },
      ...ids.map((to) => ({ from: user.id, to, kind: 'member' as const })),
    ],
  };
  writeFileSync(FILE, await svgOf(drawing, `${LOGIN} (simulated org)`));
}

void main();
