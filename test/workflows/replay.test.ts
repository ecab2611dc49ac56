import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import { version as currentVersion } from '../../package.json';
import '../../dev/lab/servers/logs';
import { syncBundle, tracedSyncBundle } from '../../dev/lab/servers/bundle';
import { textOf } from './support/historyText';

const { History } = temporal.api.history.v1;
type History = temporal.api.history.v1.History;

const FOLDER = join(__dirname, '../histories');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const NAMES = ['succeeded', 'failed', 'partial', 'cancelled', 'continued-as-new', 'continued-as-new-end'];

/** Those of 0.1.0 know nothing of apps, admin roles and group rules. */
const ACCESS_NAMES = ['access'];

/** Those of earlier versions know nothing of the System Log. */
const WATCH_NAMES = ['touched', 'watch'];

/** What `scripts/record-histories.ts` MUST have left out. */
const UNWANTED: Readonly<Record<string, RegExp>> = {
  'an email': /@/,
  'a token': /SSWS|00SimulatedOrg|00WrongToken/,
  'a path': /(^|[\s"'(:])\/(work|home|root|Users|tmp|usr|opt)\//m,
};

/** Those of earlier versions announce nothing. */
const NOTIFY_NAMES = ['notified'];

describe('The recorded histories', () => {
  for (const version of ['0.1.0', currentVersion]) {
    it(`are there for every way that a run of ${version} can end`, () => {
      const missing = NAMES.filter((name) => !FILES.includes(`${version}-${name}.json`));
      assert.deepEqual(missing, []);
    });
  }

  it('are there for a run that reads apps, admin roles and group rules', () => {
    assert.deepEqual(
      ACCESS_NAMES.filter((name) => !FILES.includes(`${currentVersion}-${name}.json`)),
      [],
    );
  });

  it('are there for a watch of the System Log, and a run of what it has named', () => {
    assert.deepEqual(
      WATCH_NAMES.filter((name) => !FILES.includes(`${currentVersion}-${name}.json`)),
      [],
    );
  });

  it('are there for a run whose end is announced', () => {
    assert.deepEqual(
      NOTIFY_NAMES.filter((name) => !FILES.includes(`${currentVersion}-${name}.json`)),
      [],
    );
  });

  for (const file of FILES) {
    it(`replay: ${file}`, () => replay(recorded(file)));

    it(`replay from wherever a worker of this build takes over: ${file}`, async () => {
      const history = recorded(file);
      const handOvers = history.events.flatMap(
        ({ workflowTaskCompletedEventAttributes: attributes }, index) => (attributes ? [index + 1] : []),
      );
      assert(handOvers.length > 1, 'the history has places to take over');
      await replay(...handOvers.map((length) => History.create({ events: history.events.slice(0, length) })));
    });

    it(`hold nothing of a person or of the machine that recorded them: ${file}`, () => {
      const text = textOf(recorded(file));
      assert.match(text, /syncOkta/);
      for (const [what, pattern] of Object.entries(UNWANTED)) {
        assert.doesNotMatch(text, pattern, `it holds ${what}`);
      }
      assert.doesNotMatch(readFileSync(join(FOLDER, file), 'utf8'), /"identity": "[^"]/);
    });
  }

  it('replay in a worker that sends traces too', async () => {
    const { code } = await tracedSyncBundle();
    const sinks = { exporter: { export: { fn: () => undefined } } };
    for (const file of FILES) await replayIn({ workflowBundle: { code }, sinks }, recorded(file));
  });

  it('would not replay if the workflow did something else', async () => {
    const file = FILES.find((name) => name.endsWith('-succeeded.json')) ?? '';
    const history = recorded(file);
    const begins = history.events.find(({ activityTaskScheduledEventAttributes: attributes }) => attributes);
    assert.equal(begins?.activityTaskScheduledEventAttributes?.activityType?.name, 'beginRun');
    begins.activityTaskScheduledEventAttributes.activityType = { name: 'syncUsers' };
    for (const histories of [[history], [recorded(file), history], [history, recorded(file)]])
      await assert.rejects(replay(...histories), { name: 'DeterminismViolationError' });
  });
});

/** A history in JSON has strings for its numbers, names for its enums and base64 for its bytes. */
function recorded(file: string): History {
  return History.fromObject(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as object);
}

/** Replays histories one after another in one worker; fails with the first that does not. */
async function replay(...histories: readonly History[]): Promise<void> {
  await replayIn({ workflowBundle: await syncBundle() }, ...histories);
}

async function replayIn(options: ReplayWorkerOptions, ...histories: readonly History[]): Promise<void> {
  const replays = histories.map((history) => {
    const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
    assert(workflowId);
    return { workflowId, history };
  });
  const results = Worker.runReplayHistories(options, replays);
  let replayed = 0;
  for await (const { error } of results) {
    if (error) throw error;
    replayed += 1;
  }
  assert.equal(replayed, histories.length);
}
