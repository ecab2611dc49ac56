import type { CheckedRead } from '../../okta/check';
import { printable } from '../../text/printable';
import { Layout } from './layout';
import { integrationPath } from './links';
import type { PageContext } from './pageContext';

/** What credentials can read, one line for each read that a sync needs, with what to do about the others. */
export function Checks({ reads }: { reads: readonly CheckedRead[] }) {
  return (
    <ul class="checks">
      {reads.map(({ what, ok, detail, advice }) => (
        <li class={!ok ? 'bad' : advice === undefined ? 'good' : 'warn'}>
          <strong>{!ok ? 'Failed' : advice === undefined ? 'OK' : 'Warning'}</strong>{' '}
          <span>
            {`${what}: ${printable(detail)}`}
            {advice !== undefined && ` ${printable(advice)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The page that tries what the stored credentials can read. */
export function ChecksPage({
  page,
  domain,
  reads,
}: {
  page: PageContext;
  domain: string;
  reads: readonly CheckedRead[];
}) {
  return (
    <Layout title={`Access to ${domain}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a>
      </p>
      <h1>What the credentials can read</h1>
      <p class="under">Tried just now, with one request for each.</p>
      <Checks reads={reads} />
      <p>
        <a class="button quiet" href={`${integrationPath(domain)}/checks`}>
          Try again
        </a>
      </p>
    </Layout>
  );
}
