import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { SyncReport, Bucket } from '../contract';
import type { Counts } from './runCounts';

/** What one part of a worker tells in its own process, without knowing who listens. The metrics do. */
class ProcessEvent<Message> {
  private readonly channel;

  constructor(private readonly name: `okta-graph:${string}`) {
    this.channel = channel(name);
  }

  emit(message: Message): void {
    this.channel.publish(message);
  }

  /** `take` MUST NOT throw: that would end the process. Returns what ends the listening. */
  listen(take: (message: Message) => void): () => void {
    const subscriber = (message: unknown) => take(message as Message);
    subscribe(this.name, subscriber);
    return () => void unsubscribe(this.name, subscriber);
  }
}

/** A transaction of a run was committed, with what it added to the `SyncRun`. */
export const counted = new ProcessEvent<{ domain: string; counts: Counts }>('okta-graph:counted');

/** A request to Okta ended; `status` is undefined where no whole answer came. */
export const answered = new ProcessEvent<{ domain: string; bucket: Bucket; status: number | undefined }>(
  'okta-graph:answered',
);

/** A run was closed with its report. */
export const ended = new ProcessEvent<SyncReport>('okta-graph:ended');
