import assert from 'node:assert/strict';
import type { Notice, NoticeData } from '../../src/notify/notice';
import { slackMessage } from '../../src/notify/slack';

const RUN = { id: 'r', number: 7, mode: 'full', outcome: 'succeeded' } as const;

const notice = (data: Partial<NoticeData>, type: Notice['type'] = 'run.ended'): Notice => ({
  type,
  timestamp: '2026-11-24T08:03:12.000Z',
  data: { version: 1, org: 'acme.okta.com', reasons: ['changes'], run: RUN, ...data },
});

const linesOf = (given: Notice) => slackMessage(given).blocks.flatMap(({ text }) => text.text.split('\n'));

const members = (count: number, named = count, name?: string) => ({
  count,
  users: Array.from({ length: named }, (_, at) => ({ id: `00u${at}`, ...(name !== undefined && { name }) })),
  more: count - named,
});

const group = (name: string, added = members(0), removed = members(0)) => ({
  id: '00g1',
  name,
  admin: false,
  created: false,
  deleted: false,
  added,
  removed,
});

describe('A message of Slack', () => {
  it('says what a run changed, in groups and of admins, and what it warns of', () => {
    const lines = linesOf(
      notice({
        run: { ...RUN, outcome: 'partial', url: 'https://graph.acme.com/integrations/acme.okta.com/runs/r' },
        counts: { users: { created: 1, updated: 1_204, deleted: 0 }, memberships: { added: 0, removed: 2 } },
        withheld: 31,
        groups: [
          { ...group('Leads', members(7, 7), members(1)), admin: true },
          { ...group('Old'), deleted: true },
        ],
        moreGroups: 3,
        admins: [
          {
            change: 'granted',
            role: { id: 'SUPER_ADMIN', label: 'Super Administrator' },
            user: { id: '00u9' },
          },
          { change: 'revoked', role: { id: 'cr0' }, group: { id: '00g2', name: 'Desk' } },
        ],
        moreAdmins: 0,
        warnings: [
          { code: 'MISSING_EMAIL', message: 'No email.', count: 1 },
          { code: 'REMOVALS_WITHHELD', message: 'Withheld.', advice: 'Look.', count: 3 },
        ],
        knownWarnings: 2,
      }),
    );
    assert.deepEqual(lines, [
      '*acme.okta.com: run #7, full, partial, 31 removals withheld*',
      'users +1 ~1,204 · memberships -2',
      '• REMOVALS_WITHHELD: Withheld. (and 2 more) Look.',
      '• Admin role Super Administrator granted to 00u9',
      '• Admin role cr0 revoked from group Desk',
      '• Group Leads, which has an admin role: 7 added: 00u0, 00u1, 00u2, 00u3, 00u4 and 2 more; 1 removed: 00u0',
      '• Group Old: deleted',
      '• and 3 more groups',
      '• MISSING_EMAIL: No email.',
      '• and 2 warnings of the run before',
      '<https://graph.acme.com/integrations/acme.okta.com/runs/r|Open it in the console>',
    ]);
  });

  it('says that a run failed and has no report, and what a test is', () => {
    const failed = slackMessage(
      notice(
        { run: { id: 'r', outcome: 'failed' }, failure: { code: 'ORG_IDENTITY', message: 'No.', count: 1 } },
        'run.failed',
      ),
    );
    assert.equal(failed.text, 'acme.okta.com: a run failed, and has no report');
    assert.match(failed.blocks[1]?.text.text ?? '', /^• ORG_IDENTITY: No\.$/);
    assert.match(slackMessage(notice({}, 'test')).text, /^okta-graph: this is a test/);
  });

  it('lets no name mention people, link, or break the line', () => {
    const [, line] = linesOf(
      notice({ groups: [{ ...group('<!channel> & <https://evil|x>\n\u202e*', members(1, 1, '@here')) }] }),
    );
    assert.equal(line, '• Group &lt;!channel&gt; &amp; &lt;https://evil|x&gt; *: 1 added: @here');
    assert.ok(slackMessage(notice({})).blocks.every(({ text }) => text.verbatim));
  });

  it("stays within Slack's limits, says everything, and cuts no escape in two", () => {
    const { blocks } = slackMessage(
      notice({
        groups: Array.from({ length: 50 }, () => group('&'.repeat(2_000), members(20, 20, '<'.repeat(900)))),
        moreGroups: 7,
        warnings: Array.from({ length: 20 }, () => ({ code: 'A', message: '>'.repeat(4_000), count: 1 })),
      }),
    );
    assert.ok(blocks.length <= 50);
    const lines = blocks.flatMap(({ text }) => text.text.split('\n'));
    assert.deepEqual(
      ['• Group ', '• A: ', '• and 7 more groups'].map(
        (start) => lines.filter((line) => line.startsWith(start)).length,
      ),
      [50, 20, 1],
    );
    for (const { text } of blocks) {
      assert.ok(text.text.length <= 3_000);
      assert.doesNotMatch(text.text, /&(?!amp;|lt;|gt;)/);
    }
  });
});
