import { countOf } from '../../text/counts';
import type { OrgContent } from '../../graph/write/removeOrg';
import { CredentialFields, RefusalText, type Refusal, type TypedCredentials } from './credentials';
import { Form, Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath } from './links';

/** The page to replace an org's credentials and to remove the org. */
export function SettingsPage({
  page,
  domain,
  content,
  typed = {},
  refusal,
  removalFault,
}: {
  page: PageContext;
  domain: string;
  content: OrgContent;
  typed?: TypedCredentials;
  refusal?: Refusal;
  removalFault?: string;
}) {
  const path = integrationPath(domain);
  return (
    <Layout title={`Settings of ${domain}`} page={page}>
      <p class="path">
        <a href={path}>{domain}</a>
      </p>
      <h1>Settings</h1>
      <section>
        <h2>New credentials</h2>
        <p>
          <a href={`${path}/checks`}>See what the stored ones can read.</a>
        </p>
        <p>They replace the stored credentials. A run in progress continues with the new ones.</p>
        {refusal && <RefusalText refusal={refusal} />}
        <Form action={`${path}/credentials`} page={page} class="fields">
          <CredentialFields typed={typed} />
          <button>Check and save</button>
        </Form>
      </section>
      <section>
        <h2>Remove integration</h2>
        {removalFault !== undefined && (
          <p class="fault" role="alert">
            {removalFault}
          </p>
        )}
        <p>
          {'The schedule and the credentials are deleted. The graph has ' +
            `${countOf(content.users, 'user')}, ${countOf(content.groups, 'group')}, ` +
            `${countOf(content.memberships, 'membership')} and ${countOf(content.runs, 'report')} of this org.`}
        </p>
        <Form action={`${path}/remove`} page={page} class="fields">
          <fieldset>
            <legend>Data in the graph</legend>
            <p>
              <input type="radio" id="keep" name="graph" value="keep" checked />{' '}
              <label for="keep">Keep it</label>
            </p>
            <p>
              <input type="radio" id="remove" name="graph" value="remove" />{' '}
              <label for="remove">Remove all data of this org</label>
            </p>
          </fieldset>
          <label for="confirm">{`To confirm, type ${domain}`}</label>
          <input id="confirm" name="confirm" required autocomplete="off" />
          <button class="danger">Remove</button>
        </Form>
      </section>
    </Layout>
  );
}
