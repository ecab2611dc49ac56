import { InvalidArgumentError } from 'commander';
import { wholeNumber } from './wholeNumber';

/**
 * Returns the parser of an option whose value is a whole number of at most nine digits. The parser throws
 * InvalidArgumentError, which states the range, for any other text.
 */
export function wholeOption(lowest: number, highest = 999_999_999): (text: string) => number {
  return (text) => {
    const value = wholeNumber(text);
    if (value !== undefined && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${lowest} to ${highest}.`);
  };
}
