import { operated } from '../../../src/telemetry/events';

/** Captures what a console in this process logs in each test, one line each. Call it within a `describe`. */
export function useConsoleLog(): { text: string } {
  const log = { text: '' };
  let stop = () => {};
  beforeEach(() => {
    log.text = '';
    stop = operated.listen(({ message }) => (log.text += `${message}\n`));
  });
  afterEach(() => stop());
  return log;
}
