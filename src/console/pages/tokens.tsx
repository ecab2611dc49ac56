import { TOKEN_SCOPES, type ApiToken, type TokenScope } from '../../graph/write/apiTokens';
import { formatDay, formatTime } from '../../text/times';
import { Form, Layout } from './layout';
import { tokenPath, TOKENS_PATH } from './links';
import type { PageContext } from './pageContext';
import { Faults, nameOf, Table } from './parts';

/** How long a token is valid, in days; null if it never expires. */
export const LIFETIMES = { '30': 30, '90': 90, '365': 365, none: null } as const;
export type Lifetime = keyof typeof LIFETIMES;

/** Maximum length of a token's name. */
export const MAX_NAME_LENGTH = 100;

const SCOPES: Readonly<Record<TokenScope, string>> = {
  read: 'read: everything that the pages show',
  operate: 'operate: start runs too',
};

/** Values of the form to create a token. */
export interface TypedToken {
  name: string;
  scope: TokenScope;
  lifetime: Lifetime;
}

/** A token that was just created, with its text. */
export interface CreatedToken {
  name: string;
  text: string;
}

/** The API tokens of the console, and the form to create one. */
export function TokensPage({
  page,
  tokens,
  now,
  created,
  typed = { name: '', scope: 'read', lifetime: '90' },
  faults = [],
}: {
  page: PageContext;
  tokens: readonly ApiToken[];
  now: Date;
  /** Shown once, after it was created. */
  created?: CreatedToken;
  typed?: TypedToken;
  faults?: readonly string[];
}) {
  return (
    <Layout title="API tokens" page={page}>
      <h1>API tokens</h1>
      <p class="prose">
        Programs use the HTTP API with a token instead of a sign-in. Its routes are in{' '}
        <a href="/api/v1/openapi.json">openapi.json</a>.
      </p>
      {created && <Created created={created} />}
      <Faults faults={faults} />
      <section>
        <h2>Tokens</h2>
        {tokens.length === 0 ? <p>There are no tokens.</p> : <TokenTable {...{ page, tokens, now }} />}
      </section>
      <section>
        <h2>New token</h2>
        <TokenForm page={page} typed={typed} />
      </section>
    </Layout>
  );
}

function Created({ created: { name, text } }: { created: CreatedToken }) {
  return (
    <section class="note" role="status">
      <h2>{`Token ${nameOf(name, 'without a name')} created`}</h2>
      <p>Copy it now and store it like a password. It is not shown again.</p>
      <label for="token">Token</label>
      <p class="row">
        <input id="token" value={text} readonly autocomplete="off" spellcheck={false} size={50} />
        <button class="quiet" type="button" data-copy="token" hidden>
          Copy
        </button>
      </p>
    </section>
  );
}

function TokenTable({ page, tokens, now }: { page: PageContext; tokens: readonly ApiToken[]; now: Date }) {
  return (
    <Table
      caption="API tokens"
      head={['Name', 'Scope', 'Created by', 'Created', 'Expires', 'Last used', 'Revoke']}
    >
      {tokens.map(({ id, name, scope, createdBy, createdMs, expiresMs, lastUsedMs }) => (
        <tr>
          <th scope="row">{nameOf(name, 'without a name')}</th>
          <td>{scope}</td>
          <td>{nameOf(createdBy, 'unknown')}</td>
          <td>{formatTime(new Date(createdMs))}</td>
          <td>
            {expiresMs === null ? 'never' : formatDay(expiresMs)}{' '}
            {expiresMs !== null && expiresMs <= now.getTime() && <span class="badge bad">expired</span>}
          </td>
          <td>{lastUsedMs === null ? 'never' : formatDay(lastUsedMs)}</td>
          <td>
            <details>
              <summary aria-label={`Revoke ${nameOf(name, id)}`}>Revoke</summary>
              <p>What uses it is refused from then on.</p>
              <Form action={`${tokenPath(id)}/revoke`} page={page}>
                <button class="danger" aria-label={`Revoke ${nameOf(name, id)} now`}>
                  Revoke now
                </button>
              </Form>
            </details>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function TokenForm({ page, typed }: { page: PageContext; typed: TypedToken }) {
  return (
    <Form action={TOKENS_PATH} page={page} class="fields">
      <label for="name">Name</label>
      <input
        id="name"
        name="name"
        value={typed.name}
        placeholder="What uses it"
        required
        maxlength={MAX_NAME_LENGTH}
        autocomplete="off"
      />
      <label for="scope">Scope</label>
      <select id="scope" name="scope">
        {TOKEN_SCOPES.map((scope) => (
          <option value={scope} selected={scope === typed.scope}>
            {SCOPES[scope]}
          </option>
        ))}
      </select>
      <label for="lifetime">Expires</label>
      <select id="lifetime" name="lifetime">
        {(Object.keys(LIFETIMES) as Lifetime[]).map((lifetime) => (
          <option value={lifetime} selected={lifetime === typed.lifetime}>
            {LIFETIMES[lifetime] === null ? 'never' : `in ${lifetime} days`}
          </option>
        ))}
      </select>
      <button>Create token</button>
    </Form>
  );
}
