import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Clock } from './clock';

const COOKIE = 'okta_graph_device';

/** Half a year. */
const LIFETIME_S = 180 * 86_400;

/**
 * Browsers that have signed in before, told by a signed cookie, so that their tries to sign in have a budget of their own
 * (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). The cookie lets nobody in, and outlasts a sign-out.
 *
 * The key of the signature is made at the start and never stored: a restart forgets all devices, as it does sessions,
 * and a changed password, which needs a restart, leaves no device that knew only the old one.
 */
export class Devices {
  private readonly key = randomBytes(32);

  /** @param isSecure true if people reach the console over https. */
  constructor(
    private readonly isSecure: boolean,
    private readonly clock: Clock,
  ) {}

  /** The id of the device that sent this request; undefined without a cookie that was issued here and is still valid. */
  idOf(c: Context): string | undefined {
    const [id = '', end = '', signature = ''] = getCookie(c, COOKIE)?.split('.') ?? [];
    const [own, sent] = [Buffer.from(this.sign(id, end)), Buffer.from(signature)];
    const isOwn = own.length === sent.length && timingSafeEqual(own, sent);
    return isOwn && Number(end) > this.clock.now() ? id : undefined;
  }

  /** Issues a new cookie, with a budget that nobody has used. Only after a successful sign-in. */
  remember(c: Context): void {
    const id = randomBytes(16).toString('base64url');
    const end = String(this.clock.now() + LIFETIME_S * 1_000);
    setCookie(c, COOKIE, `${id}.${end}.${this.sign(id, end)}`, {
      httpOnly: true,
      sameSite: 'Strict',
      secure: this.isSecure,
      path: '/sign-in',
      maxAge: LIFETIME_S,
    });
  }

  private sign(id: string, end: string): string {
    return createHmac('sha256', this.key).update(`${id}.${end}`).digest('base64url');
  }
}
