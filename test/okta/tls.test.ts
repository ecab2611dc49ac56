import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const HOST = 'acme.okta.com';
const ROOT = join(__dirname, '../..');

/** Requests a path of an origin twice, the second time on the connection that was kept, in a process of its own, since Node reads trusted certificates only when it starts. */
const REQUEST = `
  const { OktaHttp } = require(${JSON.stringify(join(ROOT, 'src/okta/http.ts'))});
  const http = new OktaHttp(process.argv[1], 1);
  const get = () => http.get('/api/v1/users/00u1', {}, new AbortController().signal);
  void get().then(get).then(({ status, body }) => {
    http.close();
    process.stdout.write(status + ' ' + body);
  });
`;

describe('An answer that came over TLS', () => {
  const folder = temporaryFolder();
  let okta: Server;
  let certificate: string;

  beforeEach(async () => {
    certificate = join(folder.path, 'certificate.pem');
    const key = join(folder.path, 'key.pem');
    const names = `subjectAltName=DNS:localhost,DNS:${HOST}`;
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ],
        ...['-subj', '/CN=okta', '-addext', names, '-keyout', key, '-out', certificate],
      ],
      { stdio: 'ignore' },
    );
    okta = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) =>
      response.writeHead(request.url === '/api/v1/users/00u1' ? 404 : 500).end('{"errorCode":"E0000007"}'),
    );
    okta.listen(0, '127.0.0.1');
    await once(okta, 'listening');
  });
  afterEach(() => {
    okta.closeAllConnections();
    okta.close();
  });

  const port = () => (okta.address() as AddressInfo).port;

  const answerOf = async (origin: string, environment: Record<string, string> = {}): Promise<string> => {
    const args = ['--import', 'tsx', '--eval', REQUEST, origin];
    const env = { PATH: process.env['PATH'] ?? '', NODE_EXTRA_CA_CERTS: certificate, ...environment };
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    return stdout;
  };

  it('is taken from the host itself', async () => {
    assert.equal(await answerOf(`https://localhost:${port()}`), '404 {"errorCode":"E0000007"}');
  });

  it('is taken through the tunnel of a proxy', async () => {
    const tunnels: string[] = [];
    const proxy = createHttpServer().on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const tunnel = connect(port(), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        tunnel.pipe(socket).pipe(tunnel);
      });
      for (const end of [socket, tunnel]) end.on('error', () => undefined);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    try {
      const https_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      assert.equal(await answerOf(`https://${HOST}`, { https_proxy }), '404 {"errorCode":"E0000007"}');
    } finally {
      proxy.close();
    }
    assert.deepEqual(new Set(tunnels), new Set([`${HOST}:443`]));
  });
});
