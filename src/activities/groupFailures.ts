import { CODES } from '../codes';
import { CodedError } from '../faults/fault';
import { deferDeniedGroup } from '../graph/write/deferred';
import { failGroup, type ClaimedGroup } from '../graph/write/workList';
import type { RunWriter } from '../graph/write/run';
import { OktaError } from '../okta/errors';
import type { OktaOrg } from '../okta/org';
import type { Attempt } from './context';

/** So many refusals in a row, without a success between them, and the token may read no group's members. */
const MAX_FORBIDDEN = 3;
/** So many failures in a row, and it is Okta that fails, not the groups. */
const MAX_FAILURES = 10;

/** Tells a group that fails from an Okta that fails, and from a token that may read no members at all. */
export class GroupFailures {
  private forbidden = 0;
  private failed = 0;

  constructor(
    private readonly org: OktaOrg,
    private readonly writer: RunWriter,
    private readonly attempt: Attempt<unknown>,
  ) {}

  get areAllForbidden(): boolean {
    return this.forbidden >= MAX_FORBIDDEN;
  }

  /** A group succeeded in between. */
  reset(): void {
    this.forbidden = 0;
    this.failed = 0;
  }

  /** Notes that a group's memberships could not be had; they are kept, and the next run tries again. Throws what is not the group's fault. */
  async take(group: ClaimedGroup, error: unknown): Promise<undefined> {
    this.attempt.signal.throwIfAborted();
    if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
    if (error.code === 'OKTA_NOT_FOUND' && (await this.isDenied(group))) return;
    await failGroup(this.writer, group, {
      code: 'GROUP_FAILED',
      message: `The members of a group could not be read, its memberships were kept. ${error.fact}`,
      ...(error.advice !== undefined && { advice: error.advice }),
    });
    this.forbidden = error.code === 'OKTA_FORBIDDEN' ? this.forbidden + 1 : 0;
    this.failed = error.retryable ? this.failed + 1 : 0;
    if (this.failed >= MAX_FAILURES) {
      const { code, advice } = error;
      throw new CodedError(code, `${this.failed} groups failed in a row. ${error.fact}`, { advice });
    }
  }

  /**
   * A group that may have been deleted since it was listed: it is asked for by its own id. One denial is no proof, it may
   * pass, so the group is looked at again.
   */
  private async isDenied(group: ClaimedGroup): Promise<boolean> {
    if ((await this.org.group(group.id, this.attempt)) !== undefined) return false;
    await deferDeniedGroup(this.writer, group, this.attempt.oktaNowMs);
    return true;
  }
}
