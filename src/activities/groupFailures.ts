import { CODES } from '../codes';
import { CodedError } from '../faults/fault';
import { deferDeniedGroup } from '../graph/write/deferred';
import { failGroup, type ClaimedGroup } from '../graph/write/workList';
import type { RunWriter } from '../graph/write/run';
import { OktaError } from '../okta/errors';
import type { OktaOrg } from '../okta/org';
import type { Attempt } from './context';

/** After this number of consecutive 403s, the credentials are assumed not to be allowed to read any group's members. */
const MAX_FORBIDDEN = 3;
/** After this number of consecutive failures, Okta is assumed to fail, not the groups. */
const MAX_FAILURES = 10;

/** Distinguishes a failing group from a failing Okta, and from credentials that may not read any members. */
export class GroupFailures {
  private forbidden = 0;
  private failed = 0;

  constructor(
    private readonly org: OktaOrg,
    private readonly writer: RunWriter,
    private readonly attempt: Attempt<unknown>,
  ) {}

  get isReadingForbidden(): boolean {
    return this.forbidden >= MAX_FORBIDDEN;
  }

  /** Resets the counts after a group succeeded. */
  reset(): void {
    this.forbidden = 0;
    this.failed = 0;
  }

  /**
   * Records that a group's members could not be read; its memberships are kept, and the next run tries again. Rethrows
   * errors that are not specific to the group.
   */
  async record(group: ClaimedGroup, error: unknown): Promise<undefined> {
    this.attempt.signal.throwIfAborted();
    if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
    if (error.code === 'OKTA_NOT_FOUND' && (await this.isDenied(group))) return;
    await failGroup(this.writer, group, {
      code: 'GROUP_FAILED',
      message: `The members of a group could not be read; its memberships were kept. ${error.fact}`,
      ...(error.advice !== undefined && { advice: error.advice }),
    });
    this.forbidden = error.code === 'OKTA_FORBIDDEN' ? this.forbidden + 1 : 0;
    this.failed = error.retryable ? this.failed + 1 : 0;
    if (this.failed >= MAX_FAILURES) {
      const { code, advice } = error;
      throw new CodedError(code, `${this.failed} consecutive groups failed. ${error.fact}`, { advice });
    }
  }

  /**
   * Returns true if Okta does not find the group itself, because it may have been deleted since it was listed. One 404
   * can be temporary, so the group is read again.
   */
  private async isDenied(group: ClaimedGroup): Promise<boolean> {
    if ((await this.org.group(group.id, this.attempt)) !== undefined) return false;
    await deferDeniedGroup(this.writer, group, this.attempt.oktaNowMs);
    return true;
  }
}
