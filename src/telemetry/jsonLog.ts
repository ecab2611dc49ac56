import type { Logger, LogLevel } from '@temporalio/common';
import { errorLocation } from '../text/internalError';

const LEVELS: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

/**
 * A log of one JSON object per line: `time` in ISO 8601, `level`, `message` and further fields. The messages of
 * failures are redacted where they are created; of any other error, only its class and origin are written.
 */
export class JsonLog implements Logger {
  constructor(
    private readonly lowest: LogLevel,
    private readonly write: (line: string) => unknown,
  ) {}

  log(level: LogLevel, message: string, fields?: object): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.lowest)) return;
    const entry = { time: new Date().toISOString(), level, message, ...fields };
    const line = JSON.stringify(entry, (_, value: unknown) =>
      value instanceof Error ? errorFields(value) : value,
    );
    this.write(`${line}\n`);
  }

  readonly trace = (message: string, fields?: object) => this.log('TRACE', message, fields);
  readonly debug = (message: string, fields?: object) => this.log('DEBUG', message, fields);
  readonly info = (message: string, fields?: object) => this.log('INFO', message, fields);
  readonly warn = (message: string, fields?: object) => this.log('WARN', message, fields);
  readonly error = (message: string, fields?: object) => this.log('ERROR', message, fields);
}

function errorFields(error: Error): object {
  if (error.name !== 'ApplicationFailure') return { at: errorLocation(error) };
  const { type, message } = error as Error & { type?: string };
  return { type, message };
}
