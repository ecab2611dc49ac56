import type { AccessItem, AccessNode, AccessPageKind, Opened, Opens } from '../../graph/read/access';
import { countOf } from '../../text/counts';
import { formatTime } from '../../text/times';
import { Layout, type PageContext } from './layout';
import { Neighborhood, NEIGHBORHOOD_SCRIPTS } from './neighborhood';
import { accessPath, integrationPath, nodePath } from './links';
import { Count, Facts, FirstOf, nameOf, Table } from './parts';

/** What the pages call each kind. */
export const ACCESS_TITLES: Readonly<Record<AccessPageKind, string>> = {
  apps: 'Apps',
  roles: 'Admin roles',
  rules: 'Group rules',
};

const ONE: Readonly<Record<AccessPageKind, string>> = {
  apps: 'app',
  roles: 'admin role',
  rules: 'group rule',
};

/** The names of columns and of properties that differ between the kinds. */
const DETAIL: Readonly<Record<AccessPageKind, string>> = {
  apps: 'Definition',
  roles: 'Type',
  rules: 'Condition',
};

interface ListProps {
  page: PageContext;
  domain: string;
  kind: AccessPageKind;
  items: readonly AccessItem[];
  hasMore: boolean;
  /** Number of items before this page, and per page. */
  skip: number;
  pageSize: number;
}

/** The list of an org's apps, admin roles or group rules. */
export function AccessListPage({ page, domain, kind, items, hasMore, skip, pageSize }: ListProps) {
  const title = `${ACCESS_TITLES[kind]} of ${domain}`;
  const hasUsers = kind !== 'rules';
  const hasStatus = kind !== 'roles';
  return (
    <Layout title={title} page={page}>
      <h1>{title}</h1>
      {items.length === 0 ? (
        <p class="prose">{`No ${ONE[kind]} in the graph. Set SYNC_ACCESS to sync them.`}</p>
      ) : (
        <Table
          caption={ACCESS_TITLES[kind]}
          head={[
            'Name',
            ...(hasStatus ? ['Status'] : []),
            DETAIL[kind],
            '#Groups',
            ...(hasUsers ? ['#Users assigned directly'] : []),
          ]}
        >
          {items.map(({ id, name, status, detail, groups, users }) => (
            <tr>
              <th scope="row">
                <a href={accessPath(domain, kind, id)}>{nameOf(name, id)}</a>
              </th>
              {hasStatus && <td>{status}</td>}
              <td>{nameOf(detail, '')}</td>
              <td class="number">
                <Count value={groups} />
              </td>
              {hasUsers && (
                <td class="number">
                  <Count value={users} />
                </td>
              )}
            </tr>
          ))}
        </Table>
      )}
      {hasMore && (
        <p>
          <a class="button" href={`${accessPath(domain, kind)}?skip=${skip + pageSize}`} rel="next">
            Next page
          </a>
        </p>
      )}
    </Layout>
  );
}

/** The page of an app, an admin role or a group rule. */
export function AccessNodePage({
  page,
  domain,
  kind,
  node,
}: {
  page: PageContext;
  domain: string;
  kind: AccessPageKind;
  node: AccessNode;
}) {
  const title = nameOf(node.name, node.id);
  const groups = node.assigned.filter(({ label }) => label === 'Group');
  const users = node.assigned.filter(({ label }) => label === 'User');
  return (
    <Layout title={title} page={page} scripts={kind === 'rules' ? [] : NEIGHBORHOOD_SCRIPTS}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> /{' '}
        <a href={accessPath(domain, kind)}>{ACCESS_TITLES[kind].toLowerCase()}</a>
      </p>
      <h1>{title}</h1>
      <Facts
        facts={[
          node.status !== null && ['Status', node.status],
          node.detail !== null && [DETAIL[kind], nameOf(node.detail, '')],
          [
            { apps: 'Users with access', roles: 'Users with this role', rules: 'Members of its groups' }[
              kind
            ],
            <Count value={node.people} />,
          ],
          ['ID', node.id],
        ]}
      />
      <AssignedTable
        title={kind === 'rules' ? 'Adds users to' : 'Through groups'}
        head={['Group', 'Type', '#Members']}
        total={node.groups}
        {...{ domain, rows: groups }}
      />
      <AssignedTable
        title="Directly"
        head={['Name', 'Status', 'Email']}
        total={node.users}
        {...{ domain, rows: users }}
      />
      {kind !== 'rules' && <Neighborhood path={accessPath(domain, kind, node.id)} title={title} />}
    </Layout>
  );
}

function AssignedTable({
  title,
  head,
  total,
  domain,
  rows,
}: {
  title: string;
  head: readonly string[];
  total: number;
  domain: string;
  rows: AccessNode['assigned'];
}) {
  if (rows.length === 0) return null;
  const isDated = rows.some(({ sinceMs }) => sinceMs !== null);
  return (
    <section>
      <h2>{title}</h2>
      <Table caption={title} head={[...head, ...(isDated ? ['Assigned'] : [])]}>
        {rows.map(({ label, id, name, detail, status, sinceMs }) => (
          <tr>
            <th scope="row">
              <a href={nodePath(domain, label, id)}>{nameOf(name, id)}</a>
            </th>
            <td>{status}</td>
            {typeof detail === 'number' ? (
              <td class="number">
                <Count value={detail} />
              </td>
            ) : (
              <td>{nameOf(detail, '')}</td>
            )}
            {isDated && <td>{sinceMs === null ? '' : `by ${formatTime(new Date(sinceMs))}`}</td>}
          </tr>
        ))}
      </Table>
      <FirstOf shown={rows.length} total={total} />
    </section>
  );
}

/** The apps and admin roles of a user or group, on its page; those that a deactivated user has again once reactivated. */
export function OpensSection({
  domain,
  of,
  opens,
  isDeactivated,
}: {
  domain: string;
  of: 'User' | 'Group';
  opens: Opens;
  isDeactivated: boolean;
}) {
  const { apps, roles, opened, rules } = opens;
  const all = [
    ...(apps > 0 ? [countOf(apps, 'app')] : []),
    ...(roles > 0 ? [countOf(roles, 'admin role')] : []),
  ].join(' and ');
  return (
    <>
      {opened.length > 0 && (
        <section>
          <h2>{isDeactivated ? 'No access while deactivated' : `Access to ${all}`}</h2>
          {isDeactivated && <p>{`If reactivated, this user has access to ${all} again:`}</p>}
          <Table
            caption="Apps and admin roles"
            head={['Name', 'Kind', 'Status', ...(of === 'User' ? ['Through'] : [])]}
          >
            {opened.map((each) => (
              <tr>
                <th scope="row">
                  <a href={accessPath(domain, each.kind, each.id)}>{nameOf(each.name, each.id)}</a>
                </th>
                <td>{ONE[each.kind]}</td>
                <td>{each.status}</td>
                {of === 'User' && <td>{through(domain, each)}</td>}
              </tr>
            ))}
          </Table>
          <FirstOf shown={opened.length} total={apps + roles} />
        </section>
      )}
      {rules.length > 0 && (
        <section>
          <h2>{`Filled by ${countOf(rules.length, 'group rule')}`}</h2>
          <ul>
            {rules.map(({ id, name, status }) => (
              <li>
                <a href={accessPath(domain, 'rules', id)}>{nameOf(name, id)}</a>{' '}
                <span class="muted">{status}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function through(domain: string, { through: ways }: Opened) {
  return ways.map((group, index) => (
    <>
      {index > 0 && ', '}
      {group === null ? (
        'directly'
      ) : (
        <a href={nodePath(domain, 'Group', group.id)}>{nameOf(group.name, group.id)}</a>
      )}
    </>
  ));
}
