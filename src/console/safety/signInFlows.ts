import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock';

/** How long someone may take to sign in at a provider, in ms. */
export const FLOW_LIFETIME_MS = 15 * 60_000;

/** One sign-in at a provider. */
export interface SignInFlow {
  /** Sent to the provider, and back from it. */
  state: string;
  /** In the ID token. */
  nonce: string;
  /** The code verifier of PKCE. */
  verifier: string;
  /** The path to open after the sign-in. */
  to: string;
}

/**
 * Sign-ins at a provider that were started. Each is bound to the session of the browser that started it, so that nobody
 * can sign in somebody else as themselves. Nothing is stored: state, nonce and verifier are derived from the session's
 * id with a key of this process.
 */
export class SignInFlows {
  private readonly key = randomBytes(32);

  constructor(private readonly clock: Clock) {}

  start(sessionId: string, to: string): SignInFlow {
    const parts = [randomBytes(16), String(this.clock.now() + FLOW_LIFETIME_MS), to];
    return this.flow(sessionId, parts.map((part) => Buffer.from(part).toString('base64url')).join('.'), to);
  }

  /** Returns the flow with a state, or undefined if this session has not started it, or too long ago. */
  resume(sessionId: string, state: string): SignInFlow | undefined {
    const begin = state.slice(0, state.lastIndexOf('.'));
    const [, end = '', to = ''] = begin.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    const flow = this.flow(sessionId, begin, to);
    const [own, sent] = [Buffer.from(flow.state), Buffer.from(state)];
    const isOwn = own.length === sent.length && timingSafeEqual(own, sent);
    return isOwn && Number(end) > this.clock.now() ? flow : undefined;
  }

  private flow(sessionId: string, begin: string, to: string): SignInFlow {
    const derive = (purpose: string) =>
      createHmac('sha256', this.key).update(`${purpose}.${sessionId}.${begin}`).digest('base64url');
    return { state: `${begin}.${derive('state')}`, nonce: derive('nonce'), verifier: derive('verifier'), to };
  }
}
