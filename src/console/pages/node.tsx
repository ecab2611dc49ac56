import { countOf } from '../../cli/counts';
import { formatTime } from '../../cli/duration';
import type { Membership, NodePage } from '../../graph/explore';
import { Layout, type PageContext } from './layout';
import { isComplete } from '../../queries/parameters';
import { QUESTIONS } from '../../queries/registry';
import { integrationPath, listPath, nodePath, questionPath } from './links';
import { Facts, Gone, nameOf, Table } from './parts';

export interface NodePageProps {
  page: PageContext;
  domain: string;
  node: NodePage;
  /** Those that have ended, the latest first; not shown on a past date. */
  ended: readonly Membership[];
  /** `2026-11-24` when the page shows that date. */
  at: string | undefined;
  /** Memberships before the first one on this page, and how many a page has. */
  skip: number;
  pageSize: number;
}

/** One person or group: what is known, memberships now or at a date, and a picture of what is around. */
export function NodeView({ page, domain, node, ended, at, skip, pageSize }: NodePageProps) {
  const { label, id, properties, isGone, total, memberships } = node;
  const title = nameOf(properties[label === 'User' ? 'display_name' : 'name'], id);
  const path = nodePath(domain, label, id);
  const what = label === 'User' ? 'group' : 'member';
  const more = new URLSearchParams({ ...(at === undefined ? {} : { at }), skip: String(skip + pageSize) });
  return (
    <Layout title={title} page={page} scripts={['/static/cytoscape.js', '/static/neighbourhood.js']}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> /{' '}
        <a href={listPath(domain, label)}>{label === 'User' ? 'users' : 'groups'}</a>
      </p>
      <h1>{title}</h1>
      {isGone && <p class="note">Okta no longer has this; what is shown is from before.</p>}
      <form action={path} class="row">
        <label for="at">Memberships at the end of the day (UTC)</label>
        <input id="at" name="at" type="date" value={at ?? ''} />
        <button>Show</button>
        {at !== undefined && <a href={path}>Back to now</a>}
      </form>
      <section>
        <h2>{`${countOf(total, what)} ${at === undefined ? 'now' : `at the end of ${at}`}`}</h2>
        {memberships.length > 0 && (
          <Memberships domain={domain} of={label} memberships={memberships} caption="Memberships" />
        )}
        {skip + memberships.length < total && (
          <p>
            <a class="button" href={`${path}?${more}`} rel="next">
              Next page
            </a>
          </p>
        )}
      </section>
      {ended.length > 0 && (
        <section>
          <h2>Earlier</h2>
          <Memberships domain={domain} of={label} memberships={ended} caption="Memberships that have ended" />
        </section>
      )}
      {!isGone && at === undefined && <Neighbourhood path={path} title={title} />}
      <section>
        <h2>Questions</h2>
        <ul>
          {questionsAbout({ label, id, isGone }).map(({ question, given }) => (
            <li>
              <a href={questionPath(domain, question.id, undefined, given)}>{question.question}</a>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>Properties</h2>
        <Facts
          facts={Object.entries(properties)
            .sort(([a], [b]) => a.localeCompare(b))
            .map(([name, value]) => [name.replaceAll('_', ' '), nameOf(value, '')] as const)}
        />
      </section>
    </Layout>
  );
}

/** Questions that begin at a person or a group; of what Okta has deleted, those about the past. */
function questionsAbout({ label, id, isGone }: Pick<NodePage, 'label' | 'id' | 'isGone'>) {
  const type = label === 'User' ? 'person' : 'group';
  return QUESTIONS.flatMap((question) => {
    const [parameter] = Object.entries(question.parameters).find(([, each]) => each.type === type) ?? [];
    if (parameter === undefined || (isGone && question.needs !== 'history')) return [];
    const given = { [parameter]: [id] };
    return [{ question, given: isComplete(question, given) ? { ...given, ask: ['yes'] } : given }];
  });
}

/** The picture is drawn by a script; the lists on this page say the same without it. */
function Neighbourhood({ path, title }: { path: string; title: string }) {
  return (
    <section id="neighbourhood" hidden>
      <h2>Around it</h2>
      <p id="picture-help">
        Choose a node to see what is around that one too; choose it again to open its page. Drag to move,
        scroll to zoom. The lists above hold the same.
      </p>
      <div
        id="picture"
        class="picture"
        role="img"
        aria-label={`People and groups around ${title}`}
        aria-describedby="picture-help"
        data-source={`${path}/neighbours`}
      ></div>
      <p id="picture-note" role="status" class="muted"></p>
    </section>
  );
}

function Memberships({
  domain,
  of,
  memberships,
  caption,
}: {
  domain: string;
  of: 'User' | 'Group';
  memberships: readonly Membership[];
  caption: string;
}) {
  const isHistory = memberships.some(({ validFromMs, validToMs }) => (validFromMs ?? validToMs) !== null);
  const other = of === 'User' ? ['Group', 'Type'] : ['Member', 'Email', 'Status'];
  return (
    <Table caption={caption} head={[...other, ...(isHistory ? ['Joined', 'Left'] : [])]}>
      {memberships.map((membership) => (
        <tr>
          <th scope="row">
            <a href={nodePath(domain, membership.label, membership.id)}>
              {nameOf(membership.name, membership.id)}
            </a>{' '}
            {membership.isGone && <Gone />}
          </th>
          {of === 'Group' && <td>{nameOf(membership.detail, '')}</td>}
          <td>{membership.kind}</td>
          {isHistory && (
            <>
              <td>{joined(membership)}</td>
              <td>{left(membership)}</td>
            </>
          )}
        </tr>
      ))}
    </Table>
  );
}

/** A reading sees that something changed since the one before, not when. */
function joined({ validFromMs, notBeforeMs }: Membership): string {
  if (validFromMs === null) return 'before history was kept';
  return notBeforeMs === null
    ? `by ${timeOf(validFromMs)}`
    : `between ${timeOf(notBeforeMs)} and ${timeOf(validFromMs)}`;
}

function left({ validToMs, endedAfterMs }: Membership): string {
  if (validToMs === null) return '';
  return endedAfterMs === null
    ? `by ${timeOf(validToMs)}`
    : `between ${timeOf(endedAfterMs)} and ${timeOf(validToMs)}`;
}

const timeOf = (ms: number): string => formatTime(new Date(ms));
