import type { Outcome } from './reporter';

/** A step of `npm test`. */
export interface Part {
  name: string;
  isGood: boolean;
  seconds: number;
  /** Empty where it was printed at once. */
  output: string;
}

/** What is printed last, so that nobody has to look for what failed and why; `isGood` if all has passed. */
export function summaryOf(
  parts: readonly Part[],
  outcomes: readonly Outcome[],
): { text: string; isGood: boolean } {
  const ran = outcomes.filter(({ isTest }) => isTest).length;
  const failed = outcomes.filter(({ error }) => error !== undefined);
  const lines = [
    ...slowest(outcomes),
    ...failed.map(({ file, title, error }) => `\nFAILED ${file}\n  ${title}\n${error}`),
    ...parts.flatMap(({ name, isGood, output }) =>
      isGood || output === '' ? [] : [`\nFAILED ${name}\n${output}`],
    ),
    '',
    ...parts.map(
      ({ name, isGood, seconds }) => `${isGood ? 'passed' : 'FAILED'}  ${name} (${seconds.toFixed(0)} s)`,
    ),
    ran === 0 ? 'No test was run' : `${ran} tests, ${failed.length} failures`,
  ];
  // Mocha exits with 0 when it is interrupted.
  const isGood = ran > 0 && failed.length === 0 && parts.every((part) => part.isGood);
  return { text: lines.join('\n'), isGood };
}

function slowest(outcomes: readonly Outcome[]): string[] {
  const times = new Map<string, number>();
  for (const { file, ms } of outcomes) times.set(file, (times.get(file) ?? 0) + ms);
  const first = [...times].sort(([, a], [, b]) => b - a).slice(0, 10);
  if (first.length < 10) return [];
  const lines = first.map(([file, ms]) => `${(ms / 1_000).toFixed(1).padStart(7)} s  ${file}`);
  return ['\nSlowest files:', ...lines];
}
