import type {
  AccessItem,
  AccessNode,
  AccessPageKind,
  Excluded,
  Opened,
  Opens,
} from '../../graph/read/access';
import { countOf } from '../../text/counts';
import { formatTime } from '../../text/times';
import { ACCESS_NOUNS, ACCESS_TITLES } from './accessWords';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { Neighborhood, NEIGHBORHOOD_SCRIPTS } from './neighborhood';
import { accessPath, integrationPath, nodePath } from './links';
import { Questions, questionsAbout } from './questionsAbout';
import { Count, Facts, FirstOf, nameOf, OktaWord, PageLinks, Table } from './parts';

/** The names of columns and of properties that differ between the kinds. */
const DETAIL: Readonly<Record<AccessPageKind, string>> = {
  apps: 'Catalog name',
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
  isSynced: boolean;
  /** Number of the last run that has read all of the kind. */
  readBy: number | undefined;
}

/** The list of an org's apps, admin roles or group rules. */
export function AccessListPage(props: ListProps) {
  const { page, domain, kind, items, hasMore, skip, pageSize } = props;
  const title = `${ACCESS_TITLES[kind]} of ${domain}`;
  const hasUsers = kind !== 'rules';
  const hasStatus = kind !== 'roles';
  const path = (from: number) =>
    from > 0 ? `${accessPath(domain, kind)}?skip=${from}` : accessPath(domain, kind);
  return (
    <Layout title={title} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> / {ACCESS_TITLES[kind].toLowerCase()}
      </p>
      <h1>{title}</h1>
      {items.length === 0 ? (
        <Nothing {...props} />
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
              {hasStatus && (
                <td>
                  <OktaWord name={status} />
                </td>
              )}
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
      <PageLinks
        previous={skip > 0 ? path(skip - pageSize) : undefined}
        next={hasMore ? path(skip + pageSize) : undefined}
      />
    </Layout>
  );
}

/** Why a list is empty. */
function Nothing({ domain, kind, skip, isSynced, readBy }: ListProps) {
  const all = ACCESS_TITLES[kind];
  if (skip > 0)
    return (
      <p>
        {`No more ${all.toLowerCase()}. `}
        <a href={accessPath(domain, kind)}>First page</a>
      </p>
    );
  if (!isSynced)
    return <p class="prose">{`${all} are not synced. To sync them, add ${kind} to SYNC_ACCESS.`}</p>;
  if (readBy === undefined)
    return (
      <p class="prose">
        {`No run has read the ${all.toLowerCase()} yet. If one has ended, its report says what Okta did not allow.`}
      </p>
    );
  return (
    <p>{`${kind === 'roles' ? 'Nobody has an admin role' : `This org has no ${all.toLowerCase()}`}, as run #${readBy} read.`}</p>
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
  const dates = [
    ['Created', node.createdMs],
    ['Last updated', node.updatedMs],
    ['Direct assignments as of', node.usersAsOfMs],
  ] as const;
  return (
    <Layout title={title} page={page} scripts={kind === 'rules' ? [] : NEIGHBORHOOD_SCRIPTS}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> /{' '}
        <a href={accessPath(domain, kind)}>{ACCESS_TITLES[kind].toLowerCase()}</a>
      </p>
      <h1>{title}</h1>
      <Facts
        facts={[
          node.status !== null && ['Status', <OktaWord name={node.status} />],
          node.detail !== null && [DETAIL[kind], nameOf(node.detail, '')],
          [
            { apps: 'Users with access', roles: 'Users with this role', rules: 'Members of its groups' }[
              kind
            ],
            <Count value={node.people} />,
          ],
          ...node.excluded.map(
            (each) =>
              each.total > 0 &&
              ([
                each.label === 'User' ? 'Excluded users' : 'Excluded groups',
                <ExcludedNames {...{ domain, ...each }} />,
              ] as const),
          ),
          node.signOnMode !== null && ['Sign-on mode', node.signOnMode],
          ...dates.map(([name, ms]) => ms !== null && ([name, formatTime(new Date(ms))] as const)),
          ['ID', node.id],
        ]}
      />
      {kind === 'rules' && node.status === 'INVALID' && (
        <p class="note">
          A group that this rule adds users to was deleted in Okta, so the rule no longer runs and adds nobody
          to any group.
        </p>
      )}
      <AssignedTable
        title={kind === 'rules' ? 'Adds users to' : 'Through groups'}
        caption="Groups"
        head={['Group', 'Type', '#Members']}
        total={node.groups}
        {...{ domain, rows: groups }}
      />
      <AssignedTable
        title="Assigned directly"
        caption="Users"
        head={['Name', 'Status', 'Email']}
        total={node.users}
        {...{ domain, rows: users }}
      />
      {kind !== 'rules' && <Neighborhood path={accessPath(domain, kind, node.id)} title={title} />}
      <Questions domain={domain} asked={questionsAbout(kind, node.id)} />
    </Layout>
  );
}

function ExcludedNames({ domain, label, total, shown }: { domain: string } & Excluded) {
  return (
    <>
      {shown.map(({ id, name, isKnown }, index) => (
        <>
          {index > 0 && ', '}
          {isKnown ? <a href={nodePath(domain, label, id)}>{nameOf(name, id)}</a> : id}
        </>
      ))}
      <FirstOf shown={shown.length} total={total} />
    </>
  );
}

function AssignedTable({
  title,
  caption,
  head,
  total,
  domain,
  rows,
}: {
  title: string;
  caption: string;
  head: readonly string[];
  total: number;
  domain: string;
  rows: AccessNode['assigned'];
}) {
  if (rows.length === 0) return null;
  const isDated = rows.some(({ sinceMs }) => sinceMs !== null);
  const hasResources = rows.some(({ resourceSet }) => resourceSet !== null);
  return (
    <section>
      <h2>{title}</h2>
      <Table
        caption={caption}
        head={[...head, ...(hasResources ? ['Resource set'] : []), ...(isDated ? ['Assigned'] : [])]}
      >
        {rows.map(({ label, id, name, detail, status, sinceMs, resourceSet }) => (
          <tr>
            <th scope="row">
              <a href={nodePath(domain, label, id)}>{nameOf(name, id)}</a>
            </th>
            <td>
              <OktaWord name={status} />
            </td>
            {typeof detail === 'number' ? (
              <td class="number">
                <Count value={detail} />
              </td>
            ) : (
              <td>{nameOf(detail, '')}</td>
            )}
            {hasResources && <td>{resourceSet}</td>}
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
                <td>{ACCESS_NOUNS[each.kind]}</td>
                <td>
                  <OktaWord name={each.status} />
                </td>
                {of === 'User' && <td>{through(domain, each)}</td>}
              </tr>
            ))}
          </Table>
          <FirstOf shown={opened.length} total={apps + roles} />
        </section>
      )}
      {rules.length > 0 && (
        <section>
          <h2>{`Named by ${countOf(rules.length, 'group rule')}`}</h2>
          {rules.some(({ status }) => status !== 'ACTIVE') && (
            <p class="muted">Only an active rule adds members.</p>
          )}
          <ul>
            {rules.map(({ id, name, status }) => (
              <li>
                <a href={accessPath(domain, 'rules', id)}>{nameOf(name, id)}</a>{' '}
                <span class="muted">
                  <OktaWord name={status} />
                </span>
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
        'assigned directly'
      ) : (
        <a href={nodePath(domain, 'Group', group.id)}>{nameOf(group.name, group.id)}</a>
      )}
    </>
  ));
}
