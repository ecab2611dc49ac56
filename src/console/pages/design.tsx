import { Layout, Form } from './layout';
import type { PageContext } from './pageContext';
import { Badge, GoneBadge, Facts, Faults, StatusBadge, Table, TimeAgo } from './parts';
import { Memberships } from './memberships';
import type { Span } from './timeline';

const TONES = ['good', 'busy', 'warn', 'bad', 'still'] as const;

const SWATCHES = 'back side card inset line edge text muted accent'.split(' ');

const DAY_MS = 86_400_000;

/** All components of the console with made-up content, for those who change them. */
export function DesignPage({ page, now }: { page: PageContext; now: Date }) {
  const daysAgo = (days: number) => now.getTime() - days * DAY_MS;
  return (
    <Layout title="Design" page={page}>
      <p class="path">
        <a href="/design">acme.okta.com</a> / design
      </p>
      <h1>
        Design <span class="badge still">development</span>
      </h1>
      <p class="under">Each component of the pages, as console.css draws it.</p>

      <h2>Text</h2>
      <p class="prose">
        A paragraph of prose with a <a href="/design">link</a>, some <code>code</code>, and{' '}
        <span class="muted">a muted remark</span>.
      </p>
      <h3>A heading of the third level</h3>
      <pre tabindex={0}>MATCH (u:User)-[:MEMBER_OF]-&gt;(g:Group) RETURN u, g</pre>

      <h2>Colors</h2>
      <ul class="tiles">
        {SWATCHES.map((name) => (
          <li class="tile">
            <span>{name}</span>
            <svg height="24" width="100%" aria-hidden="true">
              <rect width="100%" height="24" rx="4" fill={`var(--${name})`} stroke="var(--line)" />
            </svg>
          </li>
        ))}
      </ul>

      <h2>Badges and chips</h2>
      <p>
        <Badge state="active" /> <Badge state="running" /> <Badge state="warning" /> <Badge state="failed" />{' '}
        <Badge state="paused" /> <GoneBadge isDeleted isMissing={false} />{' '}
        <GoneBadge isDeleted={false} isMissing /> <StatusBadge status="SUSPENDED" />{' '}
        {TONES.map((tone) => (
          <span class={`badge ${tone}`}>{tone}</span>
        ))}
      </p>
      <p>
        <a class="chip" href="/design">
          Engineering
        </a>
        <span class="chip">Everyone</span>
      </p>

      <h2>Tiles</h2>
      <div class="tiles">
        <a class="tile" href="/design">
          <span>Users</span>
          <strong>3,012</strong>
          <span class="trend up">24 in 30 days</span>
          <svg class="sparkline" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
            <polyline points="0,24 20,20 40,21 60,12 80,10 100,4" vector-effect="non-scaling-stroke" />
          </svg>
        </a>
        <div class="tile">
          <span>Groups</span>
          <strong>204</strong>
          <span class="trend">not known yet</span>
        </div>
      </div>

      <h2>Facts</h2>
      <Facts
        facts={[
          ['Last success', <TimeAgo time={new Date(daysAgo(0.01))} now={now} />],
          ['Schedule', 'every 2h'],
        ]}
      />

      <h2>Cards</h2>
      <ul class="cards">
        <li class="card">
          <h3>
            <a href="/design">acme.okta.com</a> <Badge state="active" />
          </h3>
          <p>A card leads to what it is about.</p>
        </li>
        <li class="card">
          <h3>A second card</h3>
        </li>
      </ul>

      <h2>Messages</h2>
      <p class="note">A note about what happens.</p>
      <p class="warning">A warning about what may be wrong.</p>
      <Faults faults={['Okta rejected the API token (401). Create a new token and replace it.']} />
      <section class="empty">
        <h3>Nothing here yet</h3>
        <p>An empty state says why, and what to do.</p>
        <p>
          <a class="button" href="/design">
            Do it
          </a>
        </p>
      </section>
      <p>
        Loading: <progress aria-label="Groups read" value={40} max={100}></progress>
      </p>

      <h2>Tabs and filters</h2>
      <nav class="tabs" aria-label="Tabs">
        <a href="/design" aria-current="page">
          Members
        </a>
        <a href="/design">Apps</a>
        <a href="/design">Changes</a>
      </nav>
      <nav class="filters" aria-label="Filters">
        <a href="/design" aria-current="true">
          All
        </a>
        <a href="/design">ACTIVE</a>
      </nav>

      <h2>Table</h2>
      <Table caption="People" head={['Name', 'Email', '#Groups']} isSortable>
        {['Ada King', 'Grace Hopper', 'Alan Turing'].map((name, i) => (
          <tr>
            <th scope="row">
              <a href="/design">{name}</a>
            </th>
            <td>{`${name.toLowerCase().replace(' ', '.')}@acme.com`}</td>
            <td class="number">{String(12 - i * 5)}</td>
          </tr>
        ))}
      </Table>

      <h2>Form</h2>
      <Form action="/design" page={page} class="fields">
        <label for="a-name">Name</label>
        <input id="a-name" name="name" aria-describedby="a-hint" />
        <p id="a-hint" class="muted">
          A hint
        </p>
        <label for="a-choice">Choice</label>
        <select id="a-choice" name="choice">
          <option>One</option>
          <option>Two</option>
        </select>
        <div class="row">
          <button>Save</button>
          <button class="quiet">Cancel</button>
          <button class="danger">Remove</button>
          <button disabled>Not now</button>
        </div>
      </Form>

      <h2>Timeline</h2>
      <Memberships
        {...{ domain: 'acme.okta.com', of: 'User', caption: 'Memberships over time', isWhole: true }}
        axis={{ fromMs: daysAgo(60), toMs: now.getTime() }}
        memberships={[
          membership('Engineering', {}),
          membership('On call', { notBeforeMs: daysAgo(32), validFromMs: daysAgo(28) }),
          membership('Contractors', {
            ...{ notBeforeMs: daysAgo(50), validFromMs: daysAgo(49) },
            ...{ endedAfterMs: daysAgo(20), validToMs: daysAgo(12) },
          }),
        ]}
      />
    </Layout>
  );
}

function membership(name: string, span: Partial<Span>) {
  const unknown = { validFromMs: null, notBeforeMs: null, validToMs: null, endedAfterMs: null };
  const group = {
    label: 'Group',
    id: name,
    detail: null,
    kind: 'OKTA_GROUP',
    isDeleted: false,
    isMissing: false,
  } as const;
  return { domain: 'acme.okta.com', name, ...group, ...unknown, ...span };
}
