import type { AccessKind } from '../../contract';
import type { OrgSize } from '../../graph/read/orgSize';
import type { Trends } from '../../graph/read/overview';
import { notCounted } from '../../queries/accessProof';
import { hasRead } from '../../queries/measure';
import { formatTime } from '../../text/times';
import { accessPath, questionPath, listPath } from './links';
import { StatusBar } from './statusBar';
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

const numbersOf = (domain: string): readonly Counted[] => [
  { name: 'users', title: 'Users', href: listPath(domain, 'User') },
  { name: 'groups', title: 'Groups', href: listPath(domain, 'Group') },
  { name: 'memberships', title: 'Memberships', href: questionPath(domain, 'group-sizes') },
  { name: 'apps', title: 'Apps', href: accessPath(domain, 'apps'), kind: 'apps' },
  { name: 'admins', title: 'Admins', href: questionPath(domain, 'admins'), kind: 'roles' },
  { name: 'rules', title: 'Group rules', href: accessPath(domain, 'rules'), kind: 'rules' },
];

/** What an org has: its users, also by status, its groups, and what else is synced. */
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
  const { latest } = trends;
  const isUnread = (kind?: AccessKind) =>
    kind !== undefined && latest !== undefined && !hasRead(latest.numbers, kind);
  const numbers = numbersOf(domain);
  const unread = numbers.flatMap(({ kind }) => (kind && isUnread(kind) ? [kind] : []));
  return (
    <section>
      <h2>Totals</h2>
      <div class="tiles">
        {numbers
          .filter(({ kind }) => !isUnread(kind))
          .map(({ name, title, href }) => {
            const trend = trendOf(trends, name);
            // Before the first measure, the runs know the sizes.
            const sizeNow = latest ? undefined : size?.[name as keyof OrgSize];
            return (
              <Tile
                {...{ ...trend, title, href }}
                value={trend.value ?? sizeNow ?? undefined}
                why="It is counted at the end of each run."
              />
            );
          })}
      </div>
      {unread.length > 0 && <p class="muted">{notCounted(unread)}</p>}
      <StatusBar domain={domain} trends={trends} />
      {latest && (
        <p class="muted">{`Counted, with the findings, at the end of run #${latest.run}, as of ${formatTime(new Date(latest.atMs))}; again after each run with changes, and after 6 hours.`}</p>
      )}
    </section>
  );
}
