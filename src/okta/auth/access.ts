import type { CallContext } from '../callContext';
import { areSame, type OktaCredentials } from '../../orgs/credentials';
import { OktaError } from '../errors';
import type { Answer, OktaHttp } from '../http';
import type { Headers, Recovery, Scheme } from './scheme';
import { ServiceApp, type ServiceAppOptions } from './serviceApp';

/** The headers and scheme that a request was sent with. */
export interface Authorization {
  readonly headers: Headers;
  readonly scheme: Scheme;
}

/** Authorizes requests to one org: the only place that holds the org's credentials and reads them again. */
export class Access {
  private scheme: Scheme;

  /**
   * @param readAgain returns the credentials currently in the files; undefined if there are none.
   */
  constructor(
    private credentials: OktaCredentials,
    private readonly readAgain: () => OktaCredentials | undefined,
    private readonly http: OktaHttp,
    private readonly options: ServiceAppOptions,
  ) {
    this.scheme = this.schemeOf(credentials);
  }

  get kind(): OktaCredentials['kind'] {
    return this.credentials.kind;
  }

  /**
   * Returns the headers for one request.
   *
   * @param url a URL of the org: the caller MUST have checked that.
   * @throws OktaError if no access token is available; the signal's reason if it was aborted.
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

  /** Processes a response's information for subsequent requests. */
  noteAnswer(answer: Answer, { scheme }: Authorization): void {
    scheme.noteAnswer(answer);
  }

  /** Renews rejected credentials. Returns what has changed; undefined if nothing has. */
  renew(answer: Answer, { scheme, headers }: Authorization): Recovery | undefined {
    return this.hasChangedSince(scheme) ? 'credentials' : scheme.recovery(headers, answer);
  }

  /** Loads credentials that were replaced meanwhile. */
  refresh(): void {
    this.hasChangedSince(this.scheme);
  }

  /** Reads the credentials again; returns true if they differ from those the request was sent with. */
  private hasChangedSince(scheme: Scheme): boolean {
    if (this.scheme !== scheme) return true;
    const credentials = this.readAgain();
    return credentials !== undefined && this.use(credentials);
  }

  /** Replaces the credentials; returns false if they are the same. */
  use(credentials: OktaCredentials): boolean {
    if (areSame(credentials, this.credentials)) return false;
    this.credentials = credentials;
    this.scheme = this.schemeOf(credentials);
    return true;
  }

  private schemeOf(credentials: OktaCredentials): Scheme {
    if (credentials.kind === 'app') return new ServiceApp(credentials, this.http, this.options);
    return {
      headers: () => Promise.resolve({ Authorization: `SSWS ${credentials.token.reveal()}` }),
      noteAnswer: () => undefined,
      recovery: () => undefined,
    };
  }
}
