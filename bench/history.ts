import type { WorkflowHandle } from '@temporalio/client';

/** Share of a run's time in which no activity was at work: what Temporal itself took, 0 to 1. */
export async function temporalShare(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const timeOf = (event: NonNullable<typeof events>[number]) =>
    Number(event.eventTime?.seconds ?? 0) * 1000 + Number(event.eventTime?.nanos ?? 0) / 1e6;
  const list = events ?? [];
  const first = list[0];
  const last = list.at(-1);
  if (!first || !last) return 0;
  const intervals: [number, number][] = [];
  const started = new Map<string, number>();
  for (const event of list) {
    if (event.activityTaskStartedEventAttributes) started.set(String(event.eventId), timeOf(event));
    const ended = event.activityTaskCompletedEventAttributes;
    if (ended) intervals.push([started.get(String(ended.startedEventId)) ?? 0, timeOf(event)]);
  }
  let busyMs = 0;
  let busyUntil = 0;
  for (const [from, to] of intervals.sort((a, b) => a[0] - b[0])) {
    busyMs += Math.max(0, to - Math.max(from, busyUntil));
    busyUntil = Math.max(busyUntil, to);
  }
  return 1 - busyMs / (timeOf(last) - timeOf(first));
}
