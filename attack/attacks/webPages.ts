import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { send } from '../../dev/lab/browser/browser';
import type { Attack } from '../attack';
import { listeningPorts } from '../../dev/lab/servers/listeningPorts';
import { signedIn } from './signIn';

const EVIL = 'http://evil.example';

/** What a web page can try that is open in the browser of somebody who uses the installation. */
export const WEB_PAGE_ATTACKS: readonly Attack[] = [
  {
    title: 'post a workflow start to every port of the Temporal dev server, as a page may without asking',
    async run({ temporal, processes }) {
      const ports = await listeningPorts(processes.get('Temporal') ?? 0);
      if (ports.length < 3) return [`only the ports ${ports.join(', ')} are known`];
      const workflowId = 'started-by-a-web-page';
      const body = JSON.stringify({
        workflowType: { name: 'syncOkta' },
        taskQueue: { name: temporal.taskQueue },
      });
      const headers = { 'Content-Type': 'text/plain', Origin: EVIL };
      const found: string[] = [];
      for (const port of ports) {
        const url = `http://127.0.0.1:${port}/api/v1/namespaces/default/workflows/${workflowId}`;
        const answer = await send(url, { method: 'POST', headers, body }).catch(() => undefined);
        if (answer && answer.status < 300) found.push(`port ${port} answered ${answer.status}`);
      }
      const connection = await Connection.connect({ address: temporal.address });
      try {
        await new Client({ connection }).workflow.getHandle(workflowId).describe();
        found.push('the workflow was started');
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      } finally {
        await connection.close();
      }
      return found;
    },
  },
  {
    title: "reach the simulated org and the console under the page's own host name (DNS rebinding)",
    async run({ org, console, secrets }) {
      const token = secrets.get('the Okta token') ?? '';
      const urls = [`${org.origin}/simulator/stats`, `${org.origin}/api/v1/users`, `${console.origin}/`];
      urls.push(`${console.origin}/sign-in`);
      const found: string[] = [];
      for (const url of urls) {
        const { port } = new URL(url);
        for (const host of [
          'rebound.example',
          `rebound.example:${port}`,
          `127.0.0.1.rebound.example:${port}`,
        ]) {
          const { status } = await send(url, { headers: { host, authorization: `SSWS ${token}` } });
          if (status !== 421) found.push(`${url} answered ${status} to Host ${host}`);
        }
      }
      return found;
    },
  },
  {
    title: "send the console's forms from another origin, with the cookie of somebody who has signed in",
    async run({ console, org }) {
      const visitor = await signedIn(console);
      const path = `/integrations/${encodeURIComponent(org.domain)}`;
      const found: string[] = [];
      for (const form of [
        `${path}/run`,
        `${path}/schedule`,
        `${path}/pause`,
        `${path}/remove`,
        '/add',
        '/sign-out',
      ]) {
        for (const headers of [
          { origin: EVIL },
          { origin: 'null' },
          { 'sec-fetch-site': 'cross-site' },
          {},
        ]) {
          const { status } = await send(console.origin + form, {
            method: 'POST',
            headers: {
              'content-type': 'application/x-www-form-urlencoded',
              cookie: visitor.cookie,
              ...headers,
            },
            body: 'mode=full&confirm=yes',
          });
          if (status !== 403) found.push(`${form} answered ${status} with ${JSON.stringify(headers)}`);
        }
      }
      return found;
    },
  },
];
