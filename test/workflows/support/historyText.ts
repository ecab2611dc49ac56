import type { WorkflowHandle } from '@temporalio/client';

/** All that a history says, as text: payloads decoded, since they are kept as bytes. */
export async function historyText(sync: WorkflowHandle): Promise<string> {
  return textOf(await sync.fetchHistory());
}

/** The text in a value of any depth, one line for each string; bytes count as UTF-8. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return `${value}\n`;
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString()}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([name, child]) => `${name}: ${textOf(child)}`)
    .join('');
}
