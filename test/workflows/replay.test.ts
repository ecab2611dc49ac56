import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { version as currentVersion } from '../../package.json';
import '../support/logs';
import { syncBundle } from './support/bundle';
import { textOf } from './support/historyText';

const { History } = temporal.api.history.v1;
type History = temporal.api.history.v1.History;

const FOLDER = join(__dirname, '../histories');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const NAMES = ['succeeded', 'failed', 'partial', 'cancelled', 'continued-as-new', 'continued-as-new-end'];

/** What `scripts/record-histories.ts` MUST have left out. */
const UNWANTED: Readonly<Record<string, RegExp>> = {
  'an email': /@/,
  'a token': /SSWS|00SimulatedOrg|00WrongToken/,
  'a path': /(^|[\s"'(:])\/(work|home|root|Users|tmp|usr|opt)\//m,
};

describe('The recorded histories', () => {
  for (const version of ['0.1.0', currentVersion]) {
    it(`are there for every way that a run of ${version} can end`, () => {
      const missing = NAMES.filter((name) => !FILES.includes(`${version}-${name}.json`));
      assert.deepEqual(missing, []);
    });
  }

  for (const file of FILES) {
    it(`replay: ${file}`, () => replay(recorded(file)));

    it(`replay from wherever a worker of this build takes over: ${file}`, async () => {
      const history = recorded(file);
      const handOvers = history.events.flatMap(
        ({ workflowTaskCompletedEventAttributes: attributes }, index) => (attributes ? [index + 1] : []),
      );
      assert(handOvers.length > 1);
      for (const length of handOvers)
        await replay(History.create({ events: history.events.slice(0, length) }));
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

  it('would not replay if the workflow did something else', async () => {
    const history = recorded(FILES.find((file) => file.endsWith('-succeeded.json')) ?? '');
    const begins = history.events.find(({ activityTaskScheduledEventAttributes: attributes }) => attributes);
    assert.equal(begins?.activityTaskScheduledEventAttributes?.activityType?.name, 'beginRun');
    begins.activityTaskScheduledEventAttributes.activityType = { name: 'syncUsers' };
    await assert.rejects(replay(history), { name: 'DeterminismViolationError' });
  });
});

/** A history in JSON has strings for its numbers, names for its enums and base64 for its bytes. */
function recorded(file: string): History {
  return History.fromObject(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as object);
}

async function replay(history: History): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  assert(workflowId);
  await Worker.runReplayHistory({ workflowBundle: await syncBundle() }, history, workflowId);
}
