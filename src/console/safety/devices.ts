import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Clock } from './clock';

const COOKIE = 'okta_graph_device';

/** Half a year. */
const LIFETIME_S = 180 * 86_400;

/**
 * Browsers that have signed in before, recognized by a signed cookie. Their sign-in attempts have a separate budget
 * (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). The cookie does not authenticate and survives a
 * sign-out.
 *
 * The signing key is created at startup and never stored, so a restart forgets all devices and sessions. Changing the
 * password requires a restart, so no device that signed in with the old password remains.
 */
export class Devices {
  private readonly key = randomBytes(32);

  /** @param isSecure true if users open the console over https. */
  constructor(
    private readonly isSecure: boolean,
    private readonly clock: Clock,
  ) {}

  /** Returns the device id of a request, or undefined without a valid cookie issued by this process. */
  idOf(c: Context): string | undefined {
    const [id = '', end = '', signature = ''] = getCookie(c, COOKIE)?.split('.') ?? [];
    const [own, sent] = [Buffer.from(this.sign(id, end)), Buffer.from(signature)];
    const isOwn = own.length === sent.length && timingSafeEqual(own, sent);
    return isOwn && Number(end) > this.clock.now() ? id : undefined;
  }

  /** Issues a new cookie with an unused budget. Call it only after a successful sign-in. */
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
