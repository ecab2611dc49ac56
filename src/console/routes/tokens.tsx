import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { addApiToken, apiTokens, revokeApiToken, TOKEN_SCOPES } from '../../graph/write/apiTokens';
import { newTokenText, tokenHash } from '../api/tokenText';
import type { ConsoleEnv, Services } from '../env';
import { TOKENS_PATH } from '../pages/links';
import {
  LIFETIMES,
  MAX_NAME_LENGTH,
  TokensPage,
  type CreatedToken,
  type Lifetime,
  type TypedToken,
} from '../pages/tokens';
import { recordChange } from '../recordChange';
import { document, pageContext } from '../respond';
import type { Clock } from '../safety/clock';

/** Maximum number of tokens: the page shows all. */
const MAX_TOKENS = 100;

const DAY_MS = 86_400_000;

/** Routes to create, list and revoke API tokens, for admins. */
export function tokenRoutes(services: Services, clock: Clock): Hono<ConsoleEnv> {
  const { db } = services;
  const app = new Hono<ConsoleEnv>();

  const shown = async (
    c: Context<ConsoleEnv>,
    status: 200 | 422,
    rest: { created?: CreatedToken; typed?: TypedToken; faults?: readonly string[] } = {},
  ) => {
    const page = pageContext(c, services);
    const now = new Date(clock.now());
    return document(c, <TokensPage {...{ page, now, tokens: await apiTokens(db), ...rest }} />, status);
  };

  app.get(TOKENS_PATH, (c) => shown(c, 200));

  app.post(TOKENS_PATH, async (c) => {
    const typed = typedIn(await c.req.parseBody());
    const { name, scope, lifetime } = typed;
    if (name === '' || name.length > MAX_NAME_LENGTH) {
      const fault = `The token needs a name of at most ${MAX_NAME_LENGTH} characters.`;
      return shown(c, 422, { typed, faults: [fault] });
    }
    const text = newTokenText();
    const createdMs = clock.now();
    const days = LIFETIMES[lifetime];
    const token = {
      ...{ id: randomUUID(), hash: tokenHash(text), name, scope, createdMs },
      createdBy: c.get('person').name,
      expiresMs: days === null ? null : createdMs + days * DAY_MS,
    };
    if (!(await addApiToken(db, token, MAX_TOKENS))) {
      const fault = `There are ${MAX_TOKENS} tokens already. Revoke one that is not used any more.`;
      return shown(c, 422, { typed, faults: [fault] });
    }
    const until = days === null ? 'never expires' : `expires in ${days} days`;
    await recordChange(services, c, undefined, `The API token ${name} was created: ${scope}, ${until}`);
    return shown(c, 200, { created: { name, text } });
  });

  app.post(`${TOKENS_PATH}/:id/revoke`, async (c) => {
    const name = await revokeApiToken(db, c.req.param('id'));
    if (name === undefined) return c.notFound();
    await recordChange(services, c, undefined, `The API token ${name} was revoked`);
    return c.redirect(`${TOKENS_PATH}?note=revoked`, 303);
  });
  return app;
}

/** Reads the form; a value that it does not offer counts as the most restricted one. */
function typedIn({ name, scope, lifetime }: Record<string, unknown>): TypedToken {
  return {
    name: typeof name === 'string' ? name.trim() : '',
    scope: TOKEN_SCOPES.find((each) => each === scope) ?? 'read',
    lifetime: (Object.keys(LIFETIMES) as Lifetime[]).find((each) => each === lifetime) ?? '30',
  };
}
