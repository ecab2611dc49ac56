import { InvalidArgumentError } from 'commander';

/** Parses the value of an option. @throws InvalidArgumentError unless it is a number, 0 or above. */
export function number(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It must be a number, 0 or above.');
  return Number(text);
}
