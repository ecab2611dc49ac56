import type { Child } from 'hono/jsx';
import { formatCount } from '../../cli/counts';
import { formatAge, formatDuration, formatTime } from '../../cli/duration';
import { isVisible, printable } from '../../printable';
import type { SyncOutcome } from '../../contract';
import type { IntegrationState } from '../read/integration';

/** Text from Okta. JSX escapes it; this takes out what could reorder or hide the text around it. */
export function nameOf(text: string | null | undefined, otherwise: string): string {
  return isVisible(text ?? '') ? printable(text ?? '') : otherwise;
}

/** A moment, and how long ago it was. */
export function Ago({ time, now }: { time: Date; now: Date }) {
  return (
    <time datetime={time.toISOString()} title={formatTime(time)}>
      {formatAge(time, now)}
    </time>
  );
}

/** A moment to come, and in how long. */
export function Coming({ time, now }: { time: Date; now: Date }) {
  const leftMs = time.getTime() - now.getTime();
  return (
    <time datetime={time.toISOString()} title={formatTime(time)}>
      {leftMs > 0 ? `in ${formatDuration(leftMs)}` : 'now'}
    </time>
  );
}

const TONES: Readonly<Record<IntegrationState | SyncOutcome, string>> = {
  active: 'good',
  succeeded: 'good',
  running: 'busy',
  warning: 'warn',
  partial: 'warn',
  error: 'bad',
  failed: 'bad',
  abandoned: 'bad',
  paused: 'still',
  unverified: 'still',
  cancelled: 'still',
};

/** A state in a word and a colour, never in a colour alone. */
export function Badge({ state }: { state: IntegrationState | SyncOutcome }) {
  return <span class={`badge ${TONES[state]}`}>{state}</span>;
}

/** Marks whom or what Okta has deleted. */
export function Gone() {
  return <span class="badge still">gone from Okta</span>;
}

export function Count({ value, href }: { value: number; href?: string }) {
  const text = formatCount(value);
  return href === undefined ? (
    <span class="count">{text}</span>
  ) : (
    <a class="count" href={href}>
      {text}
    </a>
  );
}

/** Names and what there is to say of each. */
export function Facts({
  facts,
}: {
  facts: readonly (readonly [name: string, value: Child] | false | undefined)[];
}) {
  return (
    <dl class="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** A table that scrolls by itself where a screen is narrow, also by keyboard. */
export function Table({
  caption,
  head,
  children,
}: {
  caption: string;
  /** Begins with `#` where the column holds numbers. */
  head: readonly string[];
  children?: Child;
}) {
  return (
    <div class="scroll" tabindex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((name) =>
              name.startsWith('#') ? (
                <th scope="col" class="number">
                  {name.slice(1)}
                </th>
              ) : (
                <th scope="col">{name}</th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** What is wrong, each in a paragraph of its own. */
export function Faults({ faults }: { faults: readonly string[] }) {
  return (
    <>
      {faults.map((fault) => (
        <p class="fault" role="alert">
          {fault}
        </p>
      ))}
    </>
  );
}
