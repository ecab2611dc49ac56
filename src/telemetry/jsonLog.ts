import { DefaultLogger, type LogEntry, type LogLevel } from '@temporalio/worker';
import { errorLocation } from '../text/internalError';

/**
 * A log of one JSON object per line: `time` in ISO 8601, `level`, `message` and further fields. The messages of
 * failures are redacted where they are created; of any other error, only its class and origin are written.
 */
export class JsonLog extends DefaultLogger {
  constructor(level: LogLevel, write: (line: string) => unknown) {
    super(level, (entry) => write(`${lineOf(entry)}\n`));
  }
}

function lineOf({ level, timestampNanos, message, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  return JSON.stringify({ time, level, message, ...meta }, (_, value: unknown) =>
    value instanceof Error ? errorFields(value) : value,
  );
}

function errorFields(error: Error): object {
  if (error.name !== 'ApplicationFailure') return { at: errorLocation(error) };
  const { type, message } = error as Error & { type?: string };
  return { type, message };
}
