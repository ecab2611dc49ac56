import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { getCookie, setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import type { ConsoleEnv } from '../env';

const COOKIE = 'okta_graph_session';

/** A working day; then the password is asked for again. */
const LIFETIME_MS = 10 * 3_600_000;

export interface Session {
  id: string;
  /** What each form of this session carries, so that no other site can send one. */
  formToken: string;
  isSignedIn: boolean;
}

/** Browsers that use the console. Only those that have signed in are remembered; a restart forgets them. */
export class Sessions {
  private readonly key = randomBytes(32);
  private readonly signedIn = new Map<string, number>();

  /** @param isSecure whether people reach the console over https. */
  constructor(private readonly isSecure: boolean) {}

  /** Gives each browser an id of its own, in a cookie that scripts and other sites do not get. */
  middleware() {
    return createMiddleware<ConsoleEnv>(async (c, next) => {
      const sent = getCookie(c, COOKIE);
      const id = sent !== undefined && /^[\w-]{43}$/.test(sent) ? sent : this.start(c);
      c.set('session', this.session(id));
      await next();
    });
  }

  /** A new id, which nobody can have planted before. */
  signIn(c: Parameters<typeof setCookie>[0]): void {
    const now = Date.now();
    for (const [id, endMs] of this.signedIn) if (endMs < now) this.signedIn.delete(id);
    this.signedIn.set(this.start(c), now + LIFETIME_MS);
  }

  signOut(c: Parameters<typeof setCookie>[0], { id }: Session): void {
    this.signedIn.delete(id);
    this.start(c);
  }

  private start(c: Parameters<typeof setCookie>[0]): string {
    const id = randomBytes(32).toString('base64url');
    setCookie(c, COOKIE, id, { httpOnly: true, sameSite: 'Lax', secure: this.isSecure, path: '/' });
    return id;
  }

  private session(id: string): Session {
    const formToken = createHmac('sha256', this.key).update(id).digest('base64url');
    return { id, formToken, isSignedIn: (this.signedIn.get(id) ?? 0) > Date.now() };
  }
}

/** Whether a form carries the token of its session. */
export function isOwnForm({ formToken }: Session, sent: unknown): boolean {
  const [own, other] = [Buffer.from(formToken), Buffer.from(typeof sent === 'string' ? sent : '')];
  return own.length === other.length && timingSafeEqual(own, other);
}
