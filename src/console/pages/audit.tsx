import type { AuditEntry, AuditFilter } from '../../graph/read/audit';
import { formatTime } from '../../text/times';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { nameOf, Table } from './parts';

/** Words that the entries of a kind have in common. */
const KINDS = ['approved', 'signed in', 'run', 'schedule', 'credentials', 'token', 'integration'];

/** What people did in the console, newest first. */
export function AuditPage({
  page,
  filter,
  entries,
  hasMore,
  skip,
  pageSize,
}: {
  page: PageContext;
  filter: AuditFilter;
  entries: readonly AuditEntry[];
  hasMore: boolean;
  /** Number of entries before this page, and per page. */
  skip: number;
  pageSize: number;
}) {
  const path = (file: string, from = 0) => {
    const query = new URLSearchParams({
      ...{ by: filter.by, what: filter.what },
      org: filter.domain,
      skip: String(from),
    });
    return `${file}?${query.toString()}`;
  };
  return (
    <Layout title="Audit" page={page}>
      <h1>Audit</h1>
      <p class="prose">
        Changes of settings and credentials, approvals, runs that were started here, sign-ins and sign-outs.
        “The console” stands for everyone where people do not sign in with a name of their own.
      </p>
      <form action="/audit" class="row">
        <label for="by">Person</label>
        <input id="by" name="by" value={filter.by} maxlength={200} autocomplete="off" />
        <label for="what">What</label>
        <input id="what" name="what" value={filter.what} maxlength={200} list="kinds" autocomplete="off" />
        <datalist id="kinds">
          {KINDS.map((kind) => (
            <option value={kind} />
          ))}
        </datalist>
        <label for="org">Org</label>
        <input id="org" name="org" value={filter.domain} maxlength={253} autocomplete="off" />
        <button>Filter</button>
      </form>
      {entries.length === 0 ? (
        <p>No entries.</p>
      ) : (
        <Table caption="Entries, newest first" head={['Time', 'Person', 'What', 'Org', 'Network']}>
          {entries.map(({ at, by, what, domain, network }) => (
            <tr>
              <th scope="row">
                <time datetime={at.toISOString()}>{formatTime(at)}</time>
              </th>
              <td>{nameOf(by, 'unknown')}</td>
              <td>{nameOf(what, '')}</td>
              <td>{nameOf(domain, '')}</td>
              <td>{nameOf(network, '')}</td>
            </tr>
          ))}
        </Table>
      )}
      <p>
        {skip > 0 && (
          <>
            <a class="button" href={path('/audit', Math.max(0, skip - pageSize))} rel="prev">
              Newer
            </a>{' '}
          </>
        )}
        {hasMore && (
          <>
            <a class="button" href={path('/audit', skip + pageSize)} rel="next">
              Older
            </a>{' '}
          </>
        )}
        <a href={path('/audit.csv')}>Download CSV</a>
      </p>
    </Layout>
  );
}
