import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv, Session } from '../env';
import type { Clock } from './clock';
import type { Person } from './people';

const COOKIE = 'okta_graph_session';

/** About a working day, in ms. The user then has to sign in again. */
export const SESSION_LIFETIME_MS = 10 * 3_600_000;

interface SignedIn extends Pick<Session, 'idToken'> {
  person: Person;
  endMs: number;
  end: AbortController;
  cancelExpiry: () => void;
}

/** Browser sessions. Only signed-in sessions are stored, in memory; a restart forgets them. */
export class Sessions {
  private readonly key = randomBytes(32);
  private readonly signedIn = new Map<string, SignedIn>();

  /** @param isSecure true if users open the console over https. */
  constructor(
    private readonly isSecure: boolean,
    private readonly clock: Clock,
  ) {}

  /** Gives each browser an id, in a cookie that is hidden from scripts and other sites. */
  middleware() {
    return createMiddleware<ConsoleEnv>(async (c, next) => {
      const sent = getCookie(c, COOKIE);
      const id = sent !== undefined && /^[\w-]{43}$/.test(sent) ? sent : this.start(c);
      c.set('session', this.session(id));
      await next();
    });
  }

  /**
   * Starts a session with a new id, to prevent session fixation.
   *
   * @param idToken of the provider that has signed them in.
   */
  signIn(c: Context<ConsoleEnv>, person: Person, idToken?: string): void {
    this.end(c.get('session').id);
    const id = this.start(c);
    this.signedIn.set(id, {
      person,
      ...(idToken !== undefined && { idToken }),
      endMs: this.clock.now() + SESSION_LIFETIME_MS,
      end: new AbortController(),
      cancelExpiry: this.clock.after(SESSION_LIFETIME_MS, () => this.end(id)),
    });
  }

  signOut(c: Context<ConsoleEnv>): void {
    this.end(c.get('session').id);
    this.start(c);
  }

  private end(id: string): void {
    const ending = this.signedIn.get(id);
    this.signedIn.delete(id);
    ending?.cancelExpiry();
    ending?.end.abort();
  }

  private start(c: Context): string {
    const id = randomBytes(32).toString('base64url');
    setCookie(c, COOKIE, id, { httpOnly: true, sameSite: 'Lax', secure: this.isSecure, path: '/' });
    return id;
  }

  private session(id: string): Session {
    const formToken = createHmac('sha256', this.key).update(id).digest('base64url');
    const signedIn = this.signedIn.get(id);
    // The timer may be late, for example after the machine was suspended.
    if (!signedIn || signedIn.endMs <= this.clock.now()) return { id, formToken, isSignedIn: false };
    const { person, idToken, end } = signedIn;
    return {
      id,
      formToken,
      isSignedIn: true,
      person,
      ended: end.signal,
      ...(idToken !== undefined && { idToken }),
    };
  }
}

/** Returns true if a form carries the token of its session. */
export function isOwnForm({ formToken }: Session, sent: unknown): boolean {
  const [own, other] = [Buffer.from(formToken), Buffer.from(typeof sent === 'string' ? sent : '')];
  return own.length === other.length && timingSafeEqual(own, other);
}
