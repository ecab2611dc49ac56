import { createMiddleware } from 'hono/factory';
import { findApiToken, noteTokenUse, USE_NOTED_MS, type ApiToken } from '../../graph/write/apiTokens';
import type { ConsoleEnv, Services } from '../env';
import type { Clock } from '../safety/clock';
import { mayAct, type Role } from '../safety/people';
import { Problem, problemOf } from './problem';
import { isTokenText, tokenHash } from './tokenText';

/** Allows requests with a token that is stored and has not expired, and sets the request's person. */
export function onlyTokens(services: Services, clock: Clock) {
  const { db, settings } = services;
  /** Tokens that this process has accepted. */
  const accepted = new Set<string>();

  const find = (hash: string) =>
    findApiToken(db, hash).catch((error: Error) => {
      const { kind, message, headers, title } = problemOf(error, services);
      // Strangers learn nothing about the servers.
      const detail = accepted.has(hash)
        ? message
        : 'The token cannot be checked now. The pages of the console show why.';
      throw new Problem(kind, detail, headers, title);
    });

  return createMiddleware<ConsoleEnv>(async (c, next) => {
    const [, text = ''] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    if (text === '') throw refused('Send an API token of the console: Authorization: Bearer okg_...', false);
    const hash = tokenHash(text);
    const token = isTokenText(text) ? await find(hash) : undefined;
    if (!token) throw refused('The token is unknown or was revoked. Create one in the console.');
    const nowMs = clock.now();
    if (token.expiresMs !== null && token.expiresMs <= nowMs)
      throw refused('The token has expired. Create a new one in the console.');
    accepted.add(hash);
    // The answer does not depend on it, and a read-only console writes nothing.
    if (!settings.isReadOnly && (token.lastUsedMs ?? 0) <= nowMs - USE_NOTED_MS)
      await noteTokenUse(db, hash, nowMs).catch(() => undefined);
    c.set('person', { name: `the API token ${token.name}`, role: roleOf(token, settings.isReadOnly) });
    return next();
  });
}

/** Refuses tokens whose scope is not `operate`. */
export const onlyOperators = ({ settings }: Services) =>
  createMiddleware<ConsoleEnv>(async (c, next) => {
    if (mayAct(c.get('person'), 'operator')) return next();
    throw new Problem(
      'not-allowed',
      settings.isReadOnly
        ? 'This console is read-only: it starts no runs.'
        : 'This needs a token with the scope operate; yours has the scope read.',
    );
  });

function roleOf({ scope }: ApiToken, isReadOnly: boolean): Role {
  return scope === 'operate' && !isReadOnly ? 'operator' : 'viewer';
}

/** @param isSent true if a token was sent, so that `WWW-Authenticate` says that it is invalid (RFC 6750). */
function refused(detail: string, isSent = true): Problem {
  const challenge = `Bearer realm="okta-graph"${isSent ? ', error="invalid_token"' : ''}`;
  return new Problem('token-needed', detail, { 'WWW-Authenticate': challenge });
}
