import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { Client } from '@okta/okta-sdk-nodejs';
import { SignJWT, type JWTPayload } from 'jose';
import { startSimulator, type Simulator, type SettingsChange } from '../../src/simulator';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { app, privateJwk } = newApp(keys);
const proofKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherProofKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const nowS = (): number => Math.floor(Date.now() / 1000);

describe('the service app of the simulated org', () => {
  let simulator: Simulator;

  const start = async (oauth: SettingsChange['oauth'] = {}): Promise<void> => {
    simulator = await startSimulator({ users: 20, groups: 3, awkward: false, app, oauth });
  };
  afterEach(() => simulator.close());

  const assertion = (claims: JWTPayload = {}, key: KeyObject = keys.privateKey): Promise<string> =>
    new SignJWT({
      iss: CLIENT_ID,
      sub: CLIENT_ID,
      aud: `${simulator.origin}/oauth2/v1/token`,
      exp: nowS() + 300,
      jti: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(key);

  const proof = (claims: JWTPayload = {}, { privateKey, publicKey } = proofKeys, typ = 'dpop+jwt') =>
    new SignJWT({
      htm: 'POST',
      htu: `${simulator.origin}/oauth2/v1/token`,
      iat: nowS(),
      jti: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ typ, alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) as object })
      .sign(privateKey);

  async function askForToken(clientAssertion: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${simulator.origin}/oauth2/v1/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'okta.users.read okta.groups.read',
        client_assertion: clientAssertion,
      }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, nonce: response.headers.get('dpop-nonce') ?? '', ...body } as Record<
      string,
      unknown
    > & { status: number; nonce: string };
  }

  async function callApi(headers: Record<string, string>, path = '/api/v1/users?limit=1') {
    const { status, headers: answered } = await fetch(simulator.origin + path, { headers });
    return { status, why: answered.get('www-authenticate') ?? '', nonce: answered.get('dpop-nonce') ?? '' };
  }

  /** Returns a token bound to the key of the proofs. */
  async function boundToken(): Promise<string> {
    const { nonce } = await askForToken(await assertion(), { DPoP: await proof() });
    const answer = await askForToken(await assertion(), { DPoP: await proof({ nonce }) });
    assert.equal(answer['token_type'], 'DPoP');
    return String(answer['access_token']);
  }

  const apiProof = (token: string, claims: JWTPayload = {}, signer = proofKeys): Promise<string> =>
    proof(
      {
        htm: 'GET',
        htu: `${simulator.origin}/api/v1/users`,
        ath: createHash('sha256').update(token).digest('base64url'),
        ...claims,
      },
      signer,
    );

  it('gets a Bearer token for the granted scopes', async () => {
    await start({ scopes: ['okta.users.read', 'okta.apps.read'] });
    const answer = await askForToken(await assertion());
    assert.deepEqual(
      [answer.status, answer['token_type'], answer['expires_in'], answer['scope']],
      [200, 'Bearer', 3600, 'okta.users.read'],
    );
    const headers = { authorization: `Bearer ${String(answer['access_token'])}` };
    assert.equal((await callApi(headers)).status, 200);
    const { status, why } = await callApi(headers, '/api/v1/groups');
    assert.equal(status, 403);
    assert.match(why, /error="insufficient_scope", scope="okta\.groups\.read"/);
  });

  const BAD_ASSERTIONS: readonly [defect: string, make: () => Promise<string>][] = [
    ['another issuer', () => assertion({ iss: 'another' })],
    ['another subject', () => assertion({ sub: 'another' })],
    ['another audience', () => assertion({ aud: simulator.origin })],
    ['an expiry that has passed', () => assertion({ exp: nowS() - 1 })],
    ['an expiry in more than an hour', () => assertion({ exp: nowS() + 3700 })],
    ['no id', () => assertion({ jti: undefined } as unknown as JWTPayload)],
    [
      'the signature of another key',
      () => assertion({}, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    ],
    ['no JWT', () => Promise.resolve('no.jwt')],
  ];
  for (const [defect, make] of BAD_ASSERTIONS) {
    it(`is rejected with an assertion with ${defect}`, async () => {
      await start();
      const { status, error } = await askForToken(await make());
      assert.deepEqual([status, error], [401, 'invalid_client']);
    });
  }

  it('is rejected with an assertion that was used before', async () => {
    await start();
    const used = await assertion();
    assert.equal((await askForToken(used)).status, 200);
    assert.equal((await askForToken(used)).error, 'invalid_client');
  });

  it('needs a proof, and then one with a nonce', async () => {
    await start({ requiresDpop: true });
    const bare = await askForToken(await assertion());
    assert.deepEqual([bare.status, bare.error, bare.nonce], [400, 'invalid_dpop_proof', '']);
    const first = await askForToken(await assertion(), { DPoP: await proof() });
    assert.deepEqual([first.status, first.error], [400, 'use_dpop_nonce']);
    const second = await askForToken(await assertion(), { DPoP: await proof({ nonce: first.nonce }) });
    assert.deepEqual([second.status, second['token_type']], [200, 'DPoP']);
    simulator.credentials.renewNonces();
    const late = await askForToken(await assertion(), { DPoP: await proof({ nonce: first.nonce }) });
    assert.equal(late.error, 'use_dpop_nonce');
  });

  const BAD_PROOFS: readonly [defect: string, make: (nonce: string) => Promise<string>][] = [
    ['for another method', (nonce) => proof({ nonce, htm: 'GET' })],
    ['for another URL', (nonce) => proof({ nonce, htu: `${simulator.origin}/oauth2/v1/other` })],
    ['with a query in the URL', (nonce) => proof({ nonce, htu: `${simulator.origin}/oauth2/v1/token?x=1` })],
    ['that is too old', (nonce) => proof({ nonce, iat: nowS() - 400 })],
    ['from the future', (nonce) => proof({ nonce, iat: nowS() + 400 })],
    ['without an id', (nonce) => proof({ nonce, jti: undefined } as unknown as JWTPayload)],
    ['of another type', (nonce) => proof({ nonce }, proofKeys, 'jwt')],
    [
      'whose key is not the one that signed it',
      (nonce) => proof({ nonce }, { privateKey: otherProofKeys.privateKey, publicKey: proofKeys.publicKey }),
    ],
  ];
  for (const [defect, make] of BAD_PROOFS) {
    it(`gets no token for a proof ${defect}`, async () => {
      await start({ requiresDpop: true });
      const { nonce } = await askForToken(await assertion(), { DPoP: await proof() });
      const { status, error } = await askForToken(await assertion(), { DPoP: await make(nonce) });
      assert.deepEqual([status, error], [400, 'invalid_dpop_proof']);
    });
  }

  it('can read with a bound token and a new proof for each call', async () => {
    await start({ requiresDpop: true });
    const token = await boundToken();
    const authorization = `DPoP ${token}`;
    const once = await apiProof(token);
    assert.equal((await callApi({ authorization, DPoP: once })).status, 200);
    const again = await callApi({ authorization, DPoP: once });
    assert.equal(again.status, 401, 'a replay');
    assert.match(again.why, /invalid_dpop_proof/);
    assert.equal((await callApi({ authorization, DPoP: await apiProof(token) })).status, 200);
  });

  it('cannot read with a bound token without a valid proof', async () => {
    await start({ requiresDpop: true });
    const token = await boundToken();
    const authorization = `DPoP ${token}`;
    const refused = async (headers: Record<string, string>) => {
      const { status, why } = await callApi(headers);
      assert.equal(status, 401);
      return why;
    };
    assert.match(await refused({ authorization }), /invalid_dpop_proof/);
    assert.match(await refused({ authorization: `Bearer ${token}` }), /invalid_token/);
    assert.match(
      await refused({ authorization, DPoP: await apiProof(token, {}, otherProofKeys) }),
      /invalid_token/,
    );
    for (const ath of ['of-another-token', undefined]) {
      const DPoP = await apiProof(token, { ath });
      assert.match(await refused({ authorization, DPoP }), /invalid_dpop_proof/, `ath is ${ath}`);
    }
  });

  it('needs a nonce for API calls if configured', async () => {
    await start({ requiresDpop: true, apiNonces: true });
    const token = await boundToken();
    const authorization = `DPoP ${token}`;
    const { status, why, nonce } = await callApi({ authorization, DPoP: await apiProof(token) });
    assert.equal(status, 401);
    assert.match(why, /use_dpop_nonce/);
    assert.equal((await callApi({ authorization, DPoP: await apiProof(token, { nonce }) })).status, 200);
  });

  for (const requiresDpop of [false, true]) {
    it(`works with Okta's own SDK, ${requiresDpop ? 'with' : 'without'} DPoP`, async () => {
      await start({ requiresDpop });
      const client = new Client({
        orgUrl: simulator.origin,
        authorizationMode: 'PrivateKey',
        clientId: CLIENT_ID,
        scopes: ['okta.users.read', 'okta.groups.read'],
        privateKey: privateJwk,
      });
      const logins: unknown[] = [];
      await (await client.userApi.listUsers({ limit: 10 })).each((user) => void logins.push(user.id));
      assert.equal(logins.length, 20);
      const groups = await client.groupApi.listGroups({});
      let count = 0;
      await groups.each(() => void (count += 1));
      assert.equal(count, 3);
    });
  }
});
