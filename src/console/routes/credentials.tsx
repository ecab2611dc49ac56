import { type Context, Hono } from 'hono';
import { orgContent, removeOrg } from '../../graph/write/removeOrg';
import type { OrgConfig } from '../../orgs/org';
import { readCredentials } from '../../orgs/credentials';
import { removeCredentials, writeCredentials } from '../../orgs/credentialStore';
import { isLoopback, parseOktaDomain, type OktaDomain } from '../../orgs/domain';
import type { OktaErrorCode } from '../../codes';
import { printable } from '../../text/printable';
import { applySchedule, deleteSchedulesOf } from '../../runs/schedule';
import { startOrAttach } from '../../runs/startOrAttach';
import type { ConsoleEnv, Services } from '../env';
import { domainsOf, isManaged } from '../orgs';
import { AddedPage, AddPage, NoCredentialsFolderPage } from '../pages/add';
import { ChecksPage } from '../pages/checks';
import type { Refusal, TypedCredentials } from '../pages/credentials';
import { addedPath, integrationPath, SOURCES_PATH } from '../pages/links';
import { SettingsPage } from '../pages/settings';
import { recordChange, recordRun } from '../recordChange';
import { isOpenToOthers } from '../settings';
import { document, pageContext } from '../respond';
import { removalBlocker } from '../removalBlocker';
import { operated } from '../../telemetry/events';

const FIELD_NAMES = { token: 'The token', clientId: 'The client ID', privateKey: 'The private key' };

/** Routes to add an org, change its credentials and remove it. */
export function credentialRoutes(services: Services): Hono<ConsoleEnv> {
  const { client, config, db, checkOkta } = services;
  const { credentialsDirectory: directory } = config.okta;
  const onlyPublic = isOpenToOthers(services.settings);
  const app = new Hono<ConsoleEnv>();

  app.get('/add', (c) => {
    const page = pageContext(c, services);
    return document(
      c,
      directory === undefined ? <NoCredentialsFolderPage page={page} /> : <AddPage page={page} />,
    );
  });

  app.post('/add', async (c) => {
    const page = pageContext(c, services);
    if (directory === undefined) return document(c, <NoCredentialsFolderPage page={page} />, 409);
    const form = await formOf(c);
    const typed = { ...typedIn(form), domain: form['domain'] ?? '' };
    const refuse = (refusal: Refusal) =>
      document(c, <AddPage page={page} typed={typed} refusal={refusal} />, 422);
    const faults: string[] = [];
    const found = domainIn(typed.domain, faults);
    if (found && (await domainsOf(services)).includes(found.domain))
      faults.push(
        `${found.domain} is already configured. Change its credentials on its page here or in the environment, wherever they are configured.`,
      );
    else if (found && onlyPublic && isLoopback(new URL(found.origin).hostname))
      faults.push(
        `${found.domain} is the console's own machine. Local addresses cannot be added while the console is reachable from other machines. An administrator can put a file into OKTA_CREDENTIALS_DIR instead.`,
      );
    const org = found && orgIn(found, form, faults);
    if (!org || faults.length > 0) return refuse({ faults, reads: [] });
    const { refusal } = await checkReads(services, org, { onlyPublic });
    if (refusal) return refuse(refusal);
    await writeCredentials(directory, org.domain, org.credentials);
    await applySchedule(client, config, org.domain);
    await recordChange(services, c, org.domain, 'The integration was added');
    const { runId } = await startOrAttach(client, config, { domain: org.domain });
    await recordRun(services, c, org.domain, 'The first run was started');
    return c.redirect(addedPath(org.domain, runId), 303);
  });

  app.get('/integrations/:domain/added/:runId', async (c) => {
    const { domain, runId } = c.req.param();
    const reads = await readsOf(domain);
    return document(c, <AddedPage page={pageContext(c, services)} {...{ domain, runId, reads }} />);
  });

  app.get('/integrations/:domain/checks', async (c) => {
    const domain = c.req.param('domain');
    const reads = await readsOf(domain);
    return document(c, <ChecksPage page={pageContext(c, services)} {...{ domain, reads }} />);
  });

  /** Tries what the stored credentials of an org can read. */
  const readsOf = async (domain: string) => {
    const orgs = config.okta.readOrgs().orgs.filter((org) => org.domain === domain);
    return checkOkta({ ...config, okta: { ...config.okta, orgs } }, { timeoutMs: CHECK_TIMEOUT_MS });
  };

  const settings = async (
    c: Context<ConsoleEnv>,
    domain: string,
    rest: { typed?: TypedCredentials; refusal?: Refusal; removalFault?: string } = {},
  ) => {
    if (!isManaged(config, domain)) return c.notFound();
    const page = pageContext(c, services);
    const content = await orgContent(db, domain);
    const status = rest.refusal || rest.removalFault ? 422 : 200;
    return document(c, <SettingsPage page={page} domain={domain} content={content} {...rest} />, status);
  };

  app.get('/integrations/:domain/settings', (c) => settings(c, c.req.param('domain')));

  app.post('/integrations/:domain/credentials', async (c) => {
    const domain = c.req.param('domain');
    if (directory === undefined || !isManaged(config, domain)) return c.notFound();
    const form = await formOf(c);
    const typed = typedIn(form);
    const faults: string[] = [];
    const found = parseOktaDomain(domain);
    const org = orgIn(found, form, faults);
    if (!org) return settings(c, domain, { typed, refusal: { faults, reads: [] } });
    // An administrator configured a local org, so it is allowed. Other names may now resolve to a private address.
    const isLocal = isLoopback(new URL(found.origin).hostname);
    const { refusal, note } = await checkReads(services, org, { onlyPublic: onlyPublic && !isLocal });
    if (refusal) return settings(c, domain, { typed, refusal });
    await writeCredentials(directory, domain, org.credentials);
    await recordChange(services, c, domain, 'The credentials were changed');
    return c.redirect(`${integrationPath(domain)}?note=${note}`, 303);
  });

  app.post('/integrations/:domain/remove', async (c) => {
    const domain = c.req.param('domain');
    if (directory === undefined || !isManaged(config, domain)) return c.notFound();
    const { confirm, graph } = await formOf(c);
    if (confirm?.trim() !== domain)
      return settings(c, domain, {
        removalFault: 'Nothing was removed: the text does not match the domain.',
      });
    const removalFault = await removalBlocker(client, domain);
    if (removalFault !== undefined) return settings(c, domain, { removalFault });
    await deleteSchedulesOf(client, [domain]);
    await removeCredentials(directory, domain);
    if (graph === 'remove') {
      await removeOrg(db, domain);
      await recordChange(services, c, undefined, `The integration ${domain} was removed, with its data`);
    } else
      await recordChange(services, c, domain, 'The integration was removed; its data in the graph was kept');
    return c.redirect(`${SOURCES_PATH}?note=${graph === 'remove' ? 'removed-graph' : 'removed'}`, 303);
  });
  return app;
}

/** Time limit for the check of credentials; leaves time to create the schedule within a page's deadline. */
const CHECK_TIMEOUT_MS = 15_000;

/** Errors of a host that may not be an Okta org, as opposed to errors that Okta returns. */
const HOST_ERRORS: ReadonlySet<OktaErrorCode> = new Set<OktaErrorCode>([
  'OKTA_UNREACHABLE',
  'OKTA_UNTRUSTED',
  'OKTA_TIMEOUT',
  'OKTA_NOT_AN_ORG',
  'OKTA_UNREADABLE_ANSWER',
  'OKTA_ANSWER_TOO_LARGE',
]);

/** The result of testing credentials: why they were refused, or the note to show once they are saved. */
interface Checked {
  refusal?: Refusal;
  note: 'saved' | 'saved-warned';
}

/**
 * Tries the reads of an org. Why a host cannot be reached is only logged; the details
 * would let users of the form scan the console's network.
 */
async function checkReads(
  { config, checkOkta }: Services,
  org: OrgConfig,
  { onlyPublic }: { onlyPublic: boolean },
): Promise<Checked> {
  const okta = { ...config.okta, orgs: [org] };
  const reads = await checkOkta({ ...config, okta }, { onlyPublic, timeoutMs: CHECK_TIMEOUT_MS });
  const note = reads.some(({ advice }) => advice !== undefined) ? 'saved-warned' : 'saved';
  if (reads.every(({ ok }) => ok)) return { note };
  const [first, ...rest] = reads;
  const unreached = [
    ...(first?.ok === false ? [first] : []),
    ...rest.filter(({ code }) => code !== undefined && HOST_ERRORS.has(code)),
  ];
  if (unreached.length === 0) return { refusal: { faults: [], reads }, note };
  for (const { what, detail } of unreached)
    operated.emit({ event: 'console_error', message: `${what}: ${printable(detail)}` });
  const fault = `${org.domain} does not respond like an Okta org. Check the domain and try again. See the console's log for details.`;
  return { refusal: { faults: [fault], reads: [] }, note };
}

/** Returns the text fields of a form. */
async function formOf(c: Context<ConsoleEnv>): Promise<Partial<Record<string, string>>> {
  const fields = Object.entries(await c.req.parseBody());
  return Object.fromEntries(
    fields.filter((field): field is [string, string] => typeof field[1] === 'string'),
  );
}

function typedIn({ kind, clientId }: Partial<Record<string, string>>): TypedCredentials {
  return { kind: kind === 'app' ? 'app' : 'token', ...(clientId === undefined ? {} : { clientId }) };
}

function domainIn(text: string, faults: string[]): OktaDomain | undefined {
  try {
    return parseOktaDomain(text);
  } catch (error) {
    faults.push(`The domain ${(error as Error).message}.`);
    return undefined;
  }
}

/** Reads only the fields of the selected kind; the other kind's fields are ignored. */
function orgIn(
  domain: OktaDomain,
  form: Partial<Record<string, string>>,
  faults: string[],
): OrgConfig | undefined {
  const given = (name: string) => form[name]?.trim() || undefined;
  const fields =
    form['kind'] === 'app'
      ? { clientId: given('clientId'), privateKey: given('privateKey') }
      : { token: given('token') };
  if (form['kind'] === 'app' && fields.clientId === undefined && fields.privateKey === undefined) {
    faults.push('The client ID and the private key of the service app are required.');
    return undefined;
  }
  const credentials = readCredentials(fields, FIELD_NAMES, (fault) => faults.push(`${fault}.`));
  return credentials && { ...domain, credentials };
}
