import { formatDay } from '../../text/times';

const DAY_MS = 86_400_000;

/** Chooses the date of a page; a script adds a slider over the days that history covers. */
export function DateForm({
  path,
  at,
  startMs,
  now,
}: {
  path: string;
  at: string | undefined;
  /** Start of the history; undefined if none is kept. */
  startMs: number | undefined;
  now: Date;
}) {
  if (startMs === undefined) return null;
  const today = formatDay(now.getTime());
  const days = Math.floor((Date.parse(today) - Date.parse(formatDay(startMs))) / DAY_MS);
  return (
    <form action={path} class="row">
      <label for="at">Memberships at the end of the day (UTC)</label>
      <input id="at" name="at" type="date" value={at ?? ''} min={formatDay(startMs)} max={today} />
      {days > 0 && (
        <input
          type="range"
          data-days="at"
          data-first={formatDay(startMs)}
          aria-label="Day"
          min="0"
          max={String(days)}
          hidden
        />
      )}
      <button>Show</button>
      {at !== undefined && <a href={path}>Show current</a>}
    </form>
  );
}
