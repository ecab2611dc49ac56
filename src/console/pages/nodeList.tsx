import type { NodeList } from '../../graph/read/nodeList';
import { countOf } from '../../text/counts';
import { oktaWord } from '../../text/oktaWords';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath, listPath, nodePath } from './links';
import { GoneBadge, nameOf, OktaWord, PageLinks, SortHead, Table } from './parts';

/** Okta's user statuses and group types. */
const KINDS = {
  User: [
    ...['ACTIVE', 'STAGED', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED'],
    ...['LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED'],
  ],
  Group: ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'],
} as const;

/** Columns that an index sorts; the status only sorts users of all statuses. */
const SORTS = { name: 'Name', status: 'Status' } as const;

type Sort = keyof typeof SORTS;

/** The query string of a list. */
export interface ListQuery {
  kind?: string | undefined;
  /** `-` before it reverses the order. */
  sort?: string | undefined;
  /** Id of the last node of the page before, or of the first node of the page after. */
  after?: string | undefined;
  before?: string | undefined;
}

export interface ListPageProps extends NodeList {
  page: PageContext;
  domain: string;
  label: 'User' | 'Group';
  query: ListQuery;
  /** The number of users or groups on all pages. */
  total: number;
  /** False before the first run has ended. */
  isKnown: boolean;
}

/** A list of the users or groups of an org. */
export function ListPage(props: ListPageProps) {
  const { page, domain, label, query, items, hasMore, hasPrevious, total, isKnown } = props;
  const { kind, sort } = query;
  const [title, noun] = label === 'User' ? ['Users', 'user'] : ['Groups', 'group'];
  const path = (changed: ListQuery) => listPath(domain, label, { kind, sort, ...changed });
  const limitedTo = (each: string | undefined) => ({
    href: path({ kind: each, ...(each !== undefined && { sort: sort?.replace('status', 'name') }) }),
    ...(kind === each && { 'aria-current': 'true' as const }),
  });
  return (
    <Layout title={`${title} of ${domain}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> / {title.toLowerCase()}
      </p>
      <h1>{`${title} of ${domain}`}</h1>
      <nav class="filters" aria-label={label === 'User' ? 'By status' : 'By type'}>
        <a {...limitedTo(undefined)}>All</a>
        {KINDS[label].map((each) => (
          <a {...limitedTo(each)} title={each}>
            {oktaWord(each)}
          </a>
        ))}
      </nav>
      {items.length === 0 ? (
        <p>
          {isKnown ? `No such ${title.toLowerCase()}` : 'Not known yet: no run has read them completely.'}
        </p>
      ) : (
        <Table
          caption={countOf(total, noun)}
          head={[
            <Head {...{ sort: 'name', query, path }} />,
            ...(label === 'User' ? ['Email'] : ['Description', 'Type']),
            ...(label === 'User'
              ? [kind === undefined ? <Head {...{ sort: 'status', query, path }} /> : 'Status']
              : []),
          ]}
        >
          {items.map(({ id, name, detail, kind: own, ...gone }) => (
            <tr>
              <th scope="row">
                <a href={nodePath(domain, label, id)}>{nameOf(name, id)}</a> <GoneBadge {...gone} />
              </th>
              <td>{nameOf(detail, '')}</td>
              <td>
                <OktaWord name={own} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      <PageLinks
        previous={hasPrevious ? path({ before: items[0]?.id }) : undefined}
        next={hasMore ? path({ after: items.at(-1)?.id }) : undefined}
      />
    </Layout>
  );
}

function Head({ sort, query, path }: { sort: Sort; query: ListQuery; path: (changed: ListQuery) => string }) {
  const { sort: chosen, isDescending } = sortOf(query.sort);
  const isChosen = sort === chosen;
  const href = path({ sort: isChosen && !isDescending ? `-${sort}` : sort });
  const order = isChosen ? (isDescending ? 'descending' : 'ascending') : 'none';
  return <SortHead {...{ name: SORTS[sort], href, sort: order }} />;
}

/** Parses the order of a list, by name if it is none that an index has. */
export function sortOf(text = 'name'): { sort: Sort; isDescending: boolean } {
  const sort = text.replace(/^-/, '') === 'status' ? 'status' : 'name';
  return { sort, isDescending: text.startsWith('-') };
}
