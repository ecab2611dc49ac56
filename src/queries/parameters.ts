import { UsageError } from '../text/usageError';
import { parseTime } from '../text/parseTime';
import { brief } from '../text/printable';
import { wholeNumber } from '../text/wholeNumber';
import { dateTime, integer } from '../graph/values';
import type { Parameter, Question } from './question';

/** Values as given, by parameter name. Parameters with a default may be absent. */
export type Given = Readonly<Record<string, readonly string[]>>;

/**
 * Returns the Cypher parameters of a question, except `$domain` and `$most`.
 *
 * @param now the time that relative times such as `7d` count back from.
 * @throws UsageError if a parameter is missing, unknown or of the wrong type.
 */
export function cypherParameters(question: Question, given: Given, now: Date): Record<string, unknown> {
  const { id, parameters } = question;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(parameters, name));
  if (unknown !== undefined) {
    const names = Object.keys(parameters).join(', ') || 'none';
    throw new UsageError(`${id} has no parameter ${brief(unknown)}; it has: ${names}`);
  }
  const texts = new Map(
    Object.entries(parameters).map(([name, parameter]) => [name, textsOf(name, parameter, given[name])]),
  );
  checkTimes(texts, now);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      valueOf(name, parameter, texts.get(name) ?? [], now),
    ]),
  );
}

/** Rejects a start in the future, and a period that ends before it starts: their answers would look like empty ones. */
function checkTimes(texts: ReadonlyMap<string, readonly string[]>, now: Date): void {
  const textOf = (name: string) => texts.get(name)?.[0];
  const timeOf = (text: string) => parseTime(text.trim(), now);
  for (const name of ['at', 'since']) {
    const text = textOf(name);
    if (text !== undefined && timeOf(text) > now)
      throw new UsageError(`${name} is in the future: ${brief(text)}`);
  }
  const [since, until] = [textOf('since'), textOf('until')];
  if (since !== undefined && until !== undefined && timeOf(since) > timeOf(until))
    throw new UsageError(`since (${brief(since)}) is after until (${brief(until)})`);
}

/** Returns true if every parameter without a default is given. */
export function isComplete({ parameters }: Question, given: Given): boolean {
  return Object.entries(parameters).every(
    ([name, { default: byDefault }]) => byDefault !== undefined || Object.hasOwn(given, name),
  );
}

function textsOf(
  name: string,
  parameter: Parameter,
  given: readonly string[] | undefined,
): readonly string[] {
  const texts = given ?? (parameter.default === undefined ? [] : [parameter.default]);
  if (texts.length === 0)
    throw new UsageError(`${name} is required (${parameter.meaning}): --param ${name}=VALUE`);
  if (parameter.default !== '' && texts.every((text) => text.trim() === ''))
    throw new UsageError(`${name} must not be empty: --param ${name}=VALUE`);
  if (texts.length > 1 && parameter.type !== 'list') throw new UsageError(`${name} is given more than once`);
  return texts;
}

function valueOf(name: string, { type, choices }: Parameter, texts: readonly string[], now: Date): unknown {
  const text = texts.join(',').trim();
  if (choices && !choices.includes(text))
    throw new UsageError(`${name} must be one of ${choices.join(', ')}, not ${brief(text)}`);
  switch (type) {
    case 'moment':
      return dateTime(parseTime(text, now).getTime());
    case 'list':
      return text
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean);
    case 'count': {
      const count = wholeNumber(text);
      if (count === undefined) throw new UsageError(`${name} must be a whole number, not ${brief(text)}`);
      return integer(count);
    }
    case 'share':
      if (!/^(0?\.\d+|1(\.0+)?)$/.test(text) || Number(text) === 0)
        throw new UsageError(`${name} must be greater than 0 and at most 1, such as 0.9, not ${brief(text)}`);
      return Number(text);
    default:
      return text;
  }
}
