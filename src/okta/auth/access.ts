import type { CallContext } from '../callContext';
import { areSame, type OktaCredentials } from '../../orgs/credentials';
import { OktaError } from '../errors';
import type { Answer, OktaHttp } from '../http';
import type { Headers, Remedy, Scheme } from './scheme';
import { ServiceApp } from './serviceApp';

/** What one request was sent with. */
export interface Authorization {
  readonly headers: Headers;
  readonly scheme: Scheme;
}

/** Lets requests to one org in: the only place that holds its credentials, and that reads them again. */
export class Access {
  private scheme: Scheme;

  /**
   * @param readAgain the credentials as the files have them now; undefined when there are none.
   * @param basePauseMs the base of the pauses between attempts at a request.
   */
  constructor(
    private credentials: OktaCredentials,
    private readonly readAgain: () => OktaCredentials | undefined,
    private readonly http: OktaHttp,
    private readonly basePauseMs: number,
  ) {
    this.scheme = this.schemeOf(credentials);
  }

  get kind(): OktaCredentials['kind'] {
    return this.credentials.kind;
  }

  /**
   * @param url of the org: the caller MUST have checked that.
   * @throws OktaError when no access token is available; the signal's reason when it aborted.
   */
  async authorize(url: string, context: CallContext): Promise<Authorization> {
    const { scheme } = this;
    try {
      return { headers: await scheme.headers(url, context), scheme };
    } catch (error) {
      const isRefused = error instanceof OktaError && error.code === 'OKTA_UNAUTHORIZED';
      if (!isRefused || !this.hasChangedSince(scheme)) throw error;
      const { scheme: changed } = this;
      return { headers: await changed.headers(url, context), scheme: changed };
    }
  }

  /** Takes in what an answer says for the next requests. */
  noteAnswer(answer: Answer, { scheme }: Authorization): void {
    scheme.noteAnswer(answer);
  }

  /** Renews credentials that were refused. Returns what is different now, undefined when nothing is. */
  renew(answer: Answer, { scheme, headers }: Authorization): Remedy | undefined {
    return this.hasChangedSince(scheme) ? 'credentials' : scheme.remedy(headers, answer);
  }

  /** Takes up credentials that were replaced meanwhile. */
  refresh(): void {
    this.hasChangedSince(this.scheme);
  }

  /** Whether the credentials are others than a request was sent with, when they are read again. */
  private hasChangedSince(scheme: Scheme): boolean {
    if (this.scheme !== scheme) return true;
    const credentials = this.readAgain();
    return credentials !== undefined && this.use(credentials);
  }

  /** Takes other credentials; returns false for those that it has. */
  use(credentials: OktaCredentials): boolean {
    if (areSame(credentials, this.credentials)) return false;
    this.credentials = credentials;
    this.scheme = this.schemeOf(credentials);
    return true;
  }

  private schemeOf(credentials: OktaCredentials): Scheme {
    if (credentials.kind === 'app') return new ServiceApp(credentials, this.http, this.basePauseMs);
    return {
      headers: () => Promise.resolve({ Authorization: `SSWS ${credentials.token.reveal()}` }),
      noteAnswer: () => undefined,
      remedy: () => undefined,
    };
  }
}
