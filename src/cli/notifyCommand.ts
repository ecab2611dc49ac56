import type { Config } from '../config';
import { withGraph } from '../connections/connect';
import { Explained } from '../faults/explained';
import { findReport, lastReports } from '../graph/read/reports';
import { noticeId, noticeOf, testNotice, type Notice } from '../notify/notice';
import { bodyOf, NotifyError, sendNotice } from '../notify/send';
import { brief, printable } from '../text/printable';
import { UsageError } from '../text/usageError';
import type { Context } from './context';
import { EXIT } from './exitCodes';
import { domainToRead } from './selectOrg';

export interface NotifyOptions {
  domain?: string;
  /** Send a message that says nothing of a run. */
  test?: true;
  /** Print the body instead of sending it. */
  print?: true;
}

const CHECK = 'Check NOTIFY_URL, NOTIFY_SECRET, NOTIFY_FORMAT, and the receiver.';

type Settings = NonNullable<Config['notify']>;

/** `notify [RUN]`: sends the notification of a run again, or a test, and prints what was answered. */
export async function notify(
  { config, out }: Context,
  run: string | undefined,
  { domain, test, print }: NotifyOptions,
): Promise<number> {
  const settings = config.notify;
  if (!settings)
    throw new UsageError(
      'NOTIFY_URL is not set, so no notifications are sent. Set it, and NOTIFY_SECRET unless it is Slack: see docs/notifications.md.',
    );
  if (test && run !== undefined) throw new UsageError('--test is not about a run; leave out one of them');
  const notice = test ? testNotice() : await noticeOfRun(config, settings, run, domain);
  if (print) {
    out.write(`${JSON.stringify(JSON.parse(bodyOf(settings, notice)), null, 2)}\n`);
    return EXIT.succeeded;
  }
  try {
    const { status, text } = await sendNotice(settings, notice, noticeId(notice.data.run?.id));
    const said = printable(text);
    out.write(
      `Sent to ${settings.host}, which answered ${status}${said === '' ? '' : `: "${brief(said)}"`}.\n`,
    );
    return EXIT.succeeded;
  } catch (error) {
    if (!(error instanceof NotifyError)) throw error;
    const said = printable(error.receipt?.text ?? '');
    throw new Explained(`${error.fact}${said === '' ? '' : ` It said: "${brief(said)}".`}`, CHECK);
  }
}

async function noticeOfRun(
  config: Config,
  settings: Settings,
  run: string | undefined,
  requested: string | undefined,
): Promise<Notice> {
  return withGraph(config, async (db) => {
    const domain = await domainToRead(db, config, requested);
    const [found] =
      run === undefined
        ? await lastReports(db, domain, 1, undefined, { withTouched: true })
        : [await findReport(db, domain, run)];
    if (!found)
      throw new Explained(`The graph has no such run of ${domain}. See all runs with: okta-graph runs`);
    const notice = await noticeOf(db, settings, { domain, run: found.runId });
    if (notice) return notice;
    throw new Explained(
      `Run #${found.runNumber} of ${domain} changed nothing, withheld no removals and did not fail, or has not ended yet, or NOTIFY_ABOUT does not name what it did. Nothing was sent.`,
      'To try the receiver, run: okta-graph notify --test',
    );
  });
}
