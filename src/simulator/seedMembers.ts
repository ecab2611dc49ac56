import { Members } from './members';
import { Random } from './random';

const SIZE_STREAM = 31;
const MEMBER_STREAM = 32;

/** Size of a simulated org. */
export interface OrgSize {
  readonly users: number;
  /** Including `Everyone`. */
  readonly groups: number;
  /** Including those of `Everyone`. */
  readonly memberships: number;
}

/**
 * Returns the members of all groups of the seed. The first group is `Everyone`, with all users. The sizes of the others
 * follow a Zipf distribution, as in real orgs: few are large, many are small and some are empty.
 *
 * @throws RangeError if the memberships do not fit into the groups.
 */
export function seedMembers(size: OrgSize, seed: number): Members[] {
  const everyone = Uint32Array.from({ length: size.users }, (_, index) => index);
  const sizes = new Random(seed, SIZE_STREAM).shuffle(groupSizes(size));
  return [
    new Members(everyone),
    ...sizes.map(
      (count, i) => new Members(drawMembers(size.users, count, new Random(seed, MEMBER_STREAM, i))),
    ),
  ];
}

/** Returns eleven memberships per user, or fewer if the groups are too few. */
export function defaultMemberships(users: number, groups: number): number {
  return users + Math.min(10 * users, Math.floor((users * (groups - 1)) / 4));
}

/** Returns the sizes of the groups other than `Everyone`, largest first. They add up exactly. */
function groupSizes({ users, groups, memberships }: OrgSize): number[] {
  const others = groups - 1;
  const wanted = memberships - users;
  if (wanted < 0 || wanted > others * users) {
    throw new RangeError(
      `${memberships} memberships do not fit: Everyone has ${users}, and the other ${others} groups can have up to ${users} each`,
    );
  }
  const empty = Math.min(Math.ceil(others / 50), others - Math.ceil(wanted / Math.max(1, users)));
  const weights = Array.from({ length: others - empty }, (_, rank) => 1 / (rank + 5));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const sizes = weights.map((weight) => Math.min(users, Math.floor((wanted * weight) / total)));
  let left = wanted - sizes.reduce((sum, size) => sum + size, 0);
  while (left > 0) {
    for (let i = 0; i < sizes.length && left > 0; i++) {
      if ((sizes[i] as number) >= users) continue;
      sizes[i] = (sizes[i] as number) + 1;
      left--;
    }
  }
  return [...sizes, ...new Array<number>(empty).fill(0)];
}

/** Draws one user from each of `count` equal ranges, so that they are distinct and ordered without sorting. */
function drawMembers(users: number, count: number, random: Random): Uint32Array {
  const drawn = new Uint32Array(count);
  let previous = -1;
  for (let i = 0; i < count; i++) {
    const index = Math.floor(((i + random.next()) * users) / count);
    previous = Math.min(Math.max(index, previous + 1), users - count + i);
    drawn[i] = previous;
  }
  return drawn;
}
