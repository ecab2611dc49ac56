import { capitalized } from '../../text/capitalized';
import type { WatchStatus } from '../../runs/watch';
import { watchText } from '../../runs/watchText';

/** The state of the watch of an org's System Log; nothing if none runs. */
export function WatchLine({ watch, now }: { watch: WatchStatus | undefined; now: Date }) {
  if (!watch) return null;
  const { view, retries } = watch;
  const isWell = view !== undefined && !view.trouble && retries.length === 0;
  return <p class={isWell ? '' : 'warning'}>{`${capitalized(watchText(watch, now))}.`.replace('..', '.')}</p>;
}
