import { countOf, formatCount } from '../../text/counts';
import { removalsText, totalOf, type GivenApproval, type RemovalCounts } from '../../graph/write/approvals';
import type { AllUnseen, Unseen } from '../../graph/write/withheld';
import { formatTime } from '../../text/times';
import { mayAct } from '../safety/people';
import { Form, Layout } from './layout';
import type { PageContext } from './pageContext';
import { accessPath, integrationPath, nodePath, runPath } from './links';
import { nameOf, Table } from './parts';

/** Removals that the run withheld. */
export interface Withheld {
  counts: RemovalCounts;
  /** What Okta no longer shows; only some of it is listed. */
  all: AllUnseen;
  /** The last approval of them. */
  approval?: GivenApproval;
  /** Why they cannot be approved; absent if they can. */
  refusal?: string;
}

interface WithheldProps {
  page: PageContext;
  domain: string;
  runId: string;
  withheld: Withheld;
}

/** What a run withheld, and a form that approves it. */
export function WithheldSection({ page, domain, runId, withheld }: WithheldProps) {
  const { counts, all, approval, refusal } = withheld;
  const { unseen, total } = all;
  const others = lossOf(all);
  const path = runPath(domain, runId);
  return (
    <section class="fault" id="withheld">
      <h2>{countOf(totalOf(counts), 'withheld removal')}</h2>
      <p>{removalsText(counts)}</p>
      <p>
        They exceed the limit for one run, or contradict Okta's own counts. Removing this much at once is
        rarely correct; often, the credentials have lost an admin role. Check in Okta first.
      </p>
      {others !== '' && <p>{`Removing what is listed below would also remove ${others}.`}</p>}
      {approval && <p>{approvedText(approval)}</p>}
      {unseen.length > 0 && <UnseenTable domain={domain} unseen={unseen} />}
      {total > unseen.length && unseen.length > 0 && (
        <p>
          {`The first ${formatCount(unseen.length)} of ${formatCount(total)}. `}
          <a href={`${path}/withheld`}>See all</a>
        </p>
      )}
      {refusal === undefined && mayAct(page, 'operator') ? (
        <Form action={`${path}/approve`} page={page}>
          <p>
            <input type="checkbox" id="sure" name="sure" value="yes" required />{' '}
            <label for="sure">I have checked in Okta: these should be removed from the graph</label>
          </p>
          <button class="danger">Approve removals</button>
          <p class="muted">
            This starts one full run. If it would again exceed the limit, it may remove of users and groups
            only those in this list, and of everything else up to these numbers; if others are deleted in Okta
            meanwhile, they are withheld again. Each removal is checked in Okta once more. The approver and
            the list are recorded.
          </p>
        </Form>
      ) : (
        <p>
          {refusal ??
            (page.isReadOnly
              ? 'This console is read-only: approve them in another one, or with the command line.'
              : 'An operator can approve them.')}
        </p>
      )}
    </section>
  );
}

function approvedText({ by, at, usedRun }: GivenApproval): string {
  const used = usedRun === undefined ? '' : `, for run #${usedRun}`;
  return `Approved by ${nameOf(by, 'an unknown user')}, ${formatTime(at)}${used}.`;
}

function UnseenTable({ domain, unseen }: { domain: string; unseen: readonly Unseen[] }) {
  return (
    <Table caption="What Okta no longer shows" head={['Name', 'Email or kind', 'Would lose']}>
      {unseen.map((node) => (
        <tr>
          <th scope="row">
            <a href={unseenPath(domain, node)}>{nameOf(node.name, node.id)}</a>
          </th>
          <td>{kindOf(node)}</td>
          <td>{lossOf(node)}</td>
        </tr>
      ))}
    </Table>
  );
}

function unseenPath(domain: string, { label, id }: Unseen): string {
  if (label === 'App') return accessPath(domain, 'apps', id);
  return label === 'GroupRule' ? accessPath(domain, 'rules', id) : nodePath(domain, label, id);
}

function kindOf({ label, email }: Unseen): string {
  switch (label) {
    case 'User':
      return nameOf(email, 'user');
    case 'Group':
      return 'group';
    case 'App':
      return 'app';
    case 'GroupRule':
      return 'group rule';
  }
}

/** What goes with a node; empty if nothing does. */
function lossOf({ memberships, assignments }: Pick<AllUnseen, 'memberships' | 'assignments'>): string {
  return [
    ...(memberships > 0 ? [countOf(memberships, 'membership')] : []),
    ...(assignments > 0 ? [countOf(assignments, 'assignment')] : []),
  ].join(' and ');
}

/** A page of what a run withheld. */
export function WithheldPage({
  page,
  domain,
  runId,
  title,
  withheld: {
    all: { unseen, total },
    refusal,
  },
  skip,
}: WithheldProps & { title: string; skip: number }) {
  const path = runPath(domain, runId);
  const next = skip + unseen.length;
  return (
    <Layout title={`Withheld by ${title}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a> / <a href={path}>{title}</a>
      </p>
      <h1>{`Withheld by ${title}`}</h1>
      {refusal !== undefined && <p class="note">{refusal}</p>}
      <p class="muted">
        {unseen.length === 0
          ? 'No more are listed.'
          : `${formatCount(skip + 1)} to ${formatCount(next)} of ${formatCount(total)}`}
      </p>
      {unseen.length > 0 && <UnseenTable domain={domain} unseen={unseen} />}
      {next < total && (
        <p>
          <a class="button" href={`${path}/withheld?skip=${next}`} rel="next">
            Next
          </a>
        </p>
      )}
    </Layout>
  );
}
