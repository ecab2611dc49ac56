import { Members } from './members';
import { Random } from './random';

const SIZE_STREAM = 31;
const MEMBER_STREAM = 32;

/** How large a simulated org is. */
export interface OrgSize {
  readonly users: number;
  /** `Everyone` among them. */
  readonly groups: number;
  /** Those of `Everyone` among them. */
  readonly memberships: number;
}

/**
 * Members of every group of the seed: all users in `Everyone`, which is the first, and the rest spread as in
 * real orgs, where few groups are large, most are small (Zipf) and some are empty.
 *
 * @throws RangeError when that many memberships do not fit into that many groups.
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

/** Eleven memberships a user where the groups have room for them. */
export function defaultMemberships(users: number, groups: number): number {
  return users + Math.min(10 * users, Math.floor((users * (groups - 1)) / 4));
}

/** Sizes of the groups beside `Everyone`, largest first; their sum is exact. */
function groupSizes({ users, groups, memberships }: OrgSize): number[] {
  const others = groups - 1;
  const wanted = memberships - users;
  if (wanted < 0 || wanted > others * users) {
    throw new RangeError(
      `${memberships} memberships do not fit: Everyone has ${users}, the other ${others} groups hold up to ${users} each`,
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

/** One user out of each of `count` equal stretches: distinct and in order without sorting. */
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
