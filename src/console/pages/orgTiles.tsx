import type { AccessKind } from '../../contract';
import type { OrgSize } from '../../graph/read/orgSize';
import type { Trends } from '../../graph/read/overview';
import { statusNumber } from '../../graph/write/measures';
import { howToRead } from '../../queries/accessProof';
import { STATUSES } from '../../queries/measure';
import { countOf } from '../../text/counts';
import { oktaWord } from '../../text/oktaWords';
import { formatTime } from '../../text/times';
import { accessPath, questionPath, listPath } from './links';
import { Tile } from './tile';
import { trendOf } from './trendOf';

/** A number of an org and where it leads to. */
interface Counted {
  name: string;
  title: string;
  href: string;
  /** The kind in `SYNC_ACCESS` that it is known with. */
  kind?: AccessKind;
}

/** The numbers of an org other than those by status. */
const numbersOf = (domain: string): readonly Counted[] => [
  { name: 'groups', title: 'Groups', href: listPath(domain, 'Group') },
  { name: 'memberships', title: 'Memberships', href: questionPath(domain, 'group-sizes') },
  { name: 'apps', title: 'Apps', href: accessPath(domain, 'apps'), kind: 'apps' },
  { name: 'admins', title: 'Admins', href: questionPath(domain, 'admins'), kind: 'roles' },
  { name: 'rules', title: 'Group rules', href: accessPath(domain, 'rules'), kind: 'rules' },
];

const AT_NEXT_RUN = 'It is counted at the end of each run.';

/** Tiles of what an org has: its people by status, its groups, and what else is synced. */
export function OrgTiles({
  domain,
  trends,
  size,
}: {
  domain: string;
  trends: Trends;
  /** Absent before the first run. */
  size: OrgSize | undefined;
}) {
  const { latest, series } = trends;
  const statuses = STATUSES.filter((status) =>
    series.some(({ numbers }) => (numbers[statusNumber(status)] ?? 0) > 0),
  );
  // Okta adds statuses; those without a name here are together the rest.
  const known = STATUSES.reduce((sum, status) => sum + (latest?.numbers[statusNumber(status)] ?? 0), 0);
  const others = (latest?.numbers['users'] ?? known) - known;
  const users: Counted = { name: 'users', title: 'Users', href: listPath(domain, 'User') };
  const ofStatus = statuses.map((status): Counted => ({
    name: statusNumber(status),
    title: oktaWord(status),
    href: listPath(domain, 'User', { kind: status }),
  }));
  return (
    <section>
      <h2>Totals</h2>
      <div class="tiles">
        {[users, ...ofStatus, ...numbersOf(domain)].map(({ name, title, href, kind }) => {
          const trend = trendOf(trends, name);
          // Before the first measure, the runs know the sizes.
          const sizeNow = latest ? undefined : size?.[name as keyof OrgSize];
          return (
            <Tile
              {...{ ...trend, title, href }}
              value={trend.value ?? sizeNow ?? undefined}
              why={kind && latest ? howToRead(kind) : AT_NEXT_RUN}
            />
          );
        })}
      </div>
      {others > 0 && (
        <p class="muted">{`${countOf(others, 'user')} ${others === 1 ? 'has' : 'have'} another status.`}</p>
      )}
      {latest && (
        <p class="muted">{`Counted, with the findings, at the end of run #${latest.run}, as of ${formatTime(new Date(latest.atMs))}. A run that changes nothing counts again after 6 hours.`}</p>
      )}
    </section>
  );
}
