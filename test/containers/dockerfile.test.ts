import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { allOf, argumentsOf, commands, copies, execForm, ROOT, stages, TEXT } from './support/dockerfile';

describe('The Dockerfile', () => {
  const [build, image] = stages();

  it('has no fault that a linter finds', () => {
    const faults = validate(TEXT).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);
    assert.deepEqual(faults, []);
  });

  it('is checked by a linter that finds faults', () => {
    assert.notEqual(validate(TEXT.replace('USER 1000:1000', 'USERS 1000')).length, 0);
    assert.notEqual(validate(TEXT.replace('--interval=30s', '--intervall=30s')).length, 0);
  });

  it('has two stages of the same Node, on Debian slim, at an exact version and digest', () => {
    assert.equal(stages().length, 2);
    assert.match(build?.image ?? '', /^node:24\.\d+\.\d+-trixie-slim@sha256:[0-9a-f]{64}$/);
    assert.equal(image?.image, build?.image);
  });

  it('takes into the image only what a worker needs: production packages and the build', () => {
    assert(build && image);
    assert.deepEqual(copies(image), [
      { from: 'build', sources: ['/app/package.json', '/app/LICENSE'], target: './' },
      { from: 'build', sources: ['/app/node_modules'], target: 'node_modules' },
      { from: 'build', sources: ['/app/dist'], target: 'dist' },
    ]);
    assert.equal(build.name, 'build');
    assert(commands(build).includes('npm prune --omit=dev --ignore-scripts'));
    assert.match(
      commands(build).at(-1) ?? '',
      /^find node_modules\/@temporalio\/core-bridge\/releases .* -exec rm -r/,
    );
  });

  it('installs packages before the sources are there, so that a change of these does not fetch them again', () => {
    assert(build);
    const order = build.instructions.map((each) => `${each.getKeyword()} ${argumentsOf(each).join(' ')}`);
    assert(order.indexOf('RUN npm ci --ignore-scripts') < order.indexOf('COPY src src'));
    assert(order.includes('RUN npm ci --ignore-scripts'));
    assert(order.includes('COPY package.json package-lock.json LICENSE ./'));
  });

  it('ends as a user that is not root, by number', () => {
    const [user] = (image ? allOf(image, 'USER') : []).flatMap(argumentsOf);
    assert.match(user ?? '', /^[1-9]\d*:[1-9]\d*$/);
    assert.equal(image?.instructions.filter((each) => each.getKeyword() === 'USER').length, 1);
  });

  it('starts the worker itself, without a shell or npm between it and a signal', () => {
    assert(image);
    assert.deepEqual(allOf(image, 'ENTRYPOINT'), []);
    assert.deepEqual(execForm(allOf(image, 'CMD')[0]), ['node', 'dist/client.js', 'worker']);
  });

  it('checks the health of a worker without a shell', () => {
    assert(image);
    const [health] = allOf(image, 'HEALTHCHECK');
    assert.equal(execForm(health)[0], 'node');
    assert.match(execForm(health)[2] ?? '', /\/healthz/);
  });

  it('holds no secret', () => {
    assert.doesNotMatch(TEXT, /(TOKEN|PASSWORD|KEY|SECRET)\s*=/i);
  });
});

describe('The build context', () => {
  it('holds what the Dockerfile copies, and nothing else', () => {
    const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8');
    const rules = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    assert.equal(rules[0], '*');
    const [build] = stages();
    assert(build);
    const copied = copies(build).flatMap(({ sources }) => sources);
    assert.deepEqual(
      rules
        .slice(1)
        .map((rule) => rule.replace(/^!/, ''))
        .sort(),
      [...copied].sort(),
    );
  });
});
