import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { CLOSED_HTTP_API } from '../../src/local/temporal';
import { NEO4J_IMAGE } from '../../src/local/neo4jVersion';
import { ROOT } from './support/dockerfile';

interface Service {
  image?: string;
  ports?: string[];
  volumes?: string[];
  secrets?: string[];
  command?: string[];
  restart?: string;
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  user?: string;
  profiles?: string[];
  network_mode?: string;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  privileged?: boolean;
  security_opt?: string[];
  tmpfs?: string[];
  depends_on?: Record<string, { condition: string }>;
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

const TEXT = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const read = (text: string) => parse(text, { merge: true }) as Compose;

/**
 * The Compose Specification's own schema: `schema/compose-spec.json` of github.com/compose-spec/compose-spec, unchanged,
 * under the Apache License 2.0 that is beside it.
 */
const schema = JSON.parse(readFileSync(join(__dirname, 'compose-spec.json'), 'utf8')) as object;
const isCompose = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: { duration: true, ports: true, expose: true, subnet_ip_address: true },
}).compile(schema);

describe('docker-compose.yml', () => {
  const compose = read(TEXT);
  const { temporal, neo4j, worker, schedule, console, okta } = compose.services;

  it('is what the Compose Specification allows', () => {
    assert(isCompose(compose), JSON.stringify(isCompose.errors, null, 1));
  });

  it('is checked by a schema that finds faults', () => {
    for (const [right, wrong] of [
      ['stop_grace_period: 40s', 'stop_grace: 40s'],
      ['restart: unless-stopped', 'restart: [unless-stopped]'],
      ['condition: service_healthy', 'condition: healthy'],
      ['cap_drop: [ALL]', 'cap_drop: ALL'],
    ] as const) {
      const changed = TEXT.replace(right, wrong);
      assert.notEqual(changed, TEXT);
      assert.equal(isCompose(read(changed)), false, wrong);
    }
  });

  it("closes the HTTP API of Temporal's dev server, which web pages could use", () => {
    const [option, value] = CLOSED_HTTP_API;
    assert(temporal?.command?.includes(`${option}=${value}`));
  });

  it('has Temporal, Neo4j, the worker, a one-shot that applies the schedule, the console, and a demo', () => {
    assert.deepEqual(Object.keys(compose.services), [
      'temporal',
      'neo4j',
      'worker',
      'schedule',
      'console',
      'okta',
    ]);
    assert.deepEqual(okta?.profiles, ['demo']);
    assert.deepEqual(schedule?.command, ['okta-graph', 'schedule', 'apply']);
    assert.equal(schedule.restart, 'no');
    assert.equal(worker?.command, undefined);
  });

  it('opens ports to this machine only, and each once', () => {
    const ports = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    assert(ports.length > 0);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/);
    assert.equal(new Set(ports).size, ports.length);
  });

  it('pins what it does not build', () => {
    assert.match(temporal?.image ?? '', /^temporalio\/temporal:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
    assert.equal(neo4j?.image, NEO4J_IMAGE);
  });

  it('keeps the data of both servers in volumes', () => {
    assert.deepEqual(Object.keys(compose.volumes), ['temporal', 'neo4j']);
    assert.deepEqual(
      [temporal, neo4j].map((service) => service?.volumes?.[0]?.split(':')[0]),
      ['temporal', 'neo4j'],
    );
  });

  it('starts the worker when both servers are healthy, and asks it whether it is ready', () => {
    for (const server of ['temporal', 'neo4j'] as const) {
      assert.equal(worker?.depends_on?.[server]?.condition, 'service_healthy');
      assert.ok(compose.services[server]?.healthcheck?.test);
    }
    assert.match(worker?.healthcheck?.test?.join(' ') ?? '', /\/readyz/);
    assert.equal(schedule?.healthcheck?.disable, true);
  });

  it('has the console wait for the one-shot, without which `up --wait` takes its end for a failure', () => {
    assert.equal(console?.depends_on?.['schedule']?.condition, 'service_completed_successfully');
    assert.match(console?.healthcheck?.test?.join(' ') ?? '', /:8081\/healthz/);
    assert.equal(console?.environment?.['CONSOLE_PASSWORD_FILE'], '/run/secrets/console_password');
  });

  it('lets the worker, which alone needs it, reach the simulated org of the demo on its own loopback', () => {
    assert.deepEqual([okta?.network_mode, console?.network_mode], ['service:worker', 'service:worker']);
    assert.ok(okta?.command?.includes('8989') && okta.command[1] === 'simulator');
  });

  it('takes from each container what it does not need: capabilities, more privileges, its own image', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
      assert.equal(service.read_only, true, name);
      assert.deepEqual([service.cap_add, service.privileged], [undefined, undefined], name);
      assert.ok(
        service.tmpfs?.some((each) => /^\/tmp(:|$)/.test(each)),
        name,
      );
    }
  });

  it('lets Neo4j write where its image does: data, logs, settings and the number of its process', () => {
    const targets = [...(neo4j?.volumes ?? []), ...(neo4j?.tmpfs ?? [])].map(
      (each) => /\/[^:]*/.exec(each)?.[0],
    );
    assert.deepEqual(targets, ['/data', '/logs', '/var/lib/neo4j/conf', '/tmp', '/var/lib/neo4j/run']);
  });

  it('runs what reads a secret as the owner of its file, who is not root unless that is asked for', () => {
    for (const service of Object.values(compose.services)) {
      if (service.secrets) assert.equal(service.user, '${CONTAINER_USER:-1000:1000}');
    }
  });

  it('gives secrets as files, and none as a value', () => {
    const given = new Set(Object.values(compose.services).flatMap(({ secrets = [] }) => secrets));
    assert.deepEqual([...given].sort(), Object.keys(compose.secrets).sort());
    for (const { file } of Object.values(compose.secrets)) assert.match(file, /^\.local\/secrets\//);
    for (const { environment = {} } of Object.values(compose.services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/TOKEN|PASSWORD|KEY|AUTH/.test(name)) assert.match(`${name}=${value}`, /_FILE=\/run\/secrets\//);
      }
    }
  });
});
