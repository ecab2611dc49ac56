import { formatDay } from '../../text/times';
import { countOf, formatCount } from '../../text/counts';
import type { Trends } from '../../graph/read/overview';
import { findingNumber, type OrgMeasure } from '../../graph/write/measures';
import { notCounted } from '../../queries/accessProof';
import { FINDINGS, type Finding, type Severity } from '../../queries/findings';
import { hasRead } from '../../queries/measure';
import { questionPath } from './links';
import { Table } from './parts';
import { Sparkline } from './sparkline';
import { trendOf } from './trendOf';

const TONES: Readonly<Record<Severity, string>> = { high: 'bad', medium: 'warn', low: 'still' };

/** What a review of access looks for: how many there are now and were a month ago, each linked to the list. */
export function Findings({ domain, trends }: { domain: string; trends: Trends }) {
  const { latest, monthAgo } = trends;
  const unreadOf = ({ question }: Finding) =>
    latest ? question.access.filter((kind) => !hasRead(latest.numbers, kind)) : [];
  const shown = FINDINGS.filter((finding) => unreadOf(finding).length === 0);
  const unread = [...new Set(FINDINGS.flatMap(unreadOf))];
  return (
    <section>
      <h2>Findings</h2>
      <Table caption="Findings" head={['Finding', 'Severity', '#Now', '#A month ago', 'Last 90 days']}>
        {shown.map((finding) => (
          <FindingRow {...{ domain, trends, finding }} />
        ))}
      </Table>
      <p class="muted">
        Sign-ins are as of the last complete list of users, which is read within a day: Okta does not report a
        sign-in as a change.
      </p>
      {unread.length > 0 && (
        <p class="muted">
          {`Not counted: ${countOf(FINDINGS.length - shown.length, 'finding')} about access. ${notCounted(unread)}`}
        </p>
      )}
      {latest && !monthAgo && (
        <p class="muted">
          {`What there was a month ago is not known yet: numbers are counted at the end of each run, here since ${formatDay(trends.series[0]?.atMs ?? latest.atMs)}.`}
        </p>
      )}
    </section>
  );
}

function FindingRow({ domain, trends, finding }: { domain: string; trends: Trends; finding: Finding }) {
  const { name, title, severity, question, given } = finding;
  const { value, earlier, points } = trendOf(trends, findingNumber(name));
  const known = points.flatMap((point) => point.value ?? []);
  return (
    <tr>
      <th scope="row">
        <a href={questionPath(domain, question.id, undefined, given)}>{title}</a>
      </th>
      <td>
        <span class={`badge ${TONES[severity]}`}>{severity}</span>
      </td>
      {value === undefined ? (
        <td colspan={3} class="muted">{`not known yet: ${whyUnknown(finding, trends.latest)}`}</td>
      ) : (
        <>
          <td class="number">{formatCount(value)}</td>
          <td class="number">{earlier ? formatCount(earlier.value) : 'not known yet'}</td>
          <td>
            <Sparkline
              points={points}
              label={`between ${formatCount(Math.min(...known))} and ${formatCount(Math.max(...known))}`}
            />
          </td>
        </>
      )}
    </tr>
  );
}

/** Returns why the latest measure, if there is one, lacks a finding. */
function whyUnknown({ historyDays }: Finding, latest: OrgMeasure | undefined): string {
  if (!latest) return 'it is counted at the end of each run.';
  if (historyDays > 0) return `history must reach back ${historyDays} days.`;
  return 'it took too long to count at the end of the last run.';
}
