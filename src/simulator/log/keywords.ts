import { validationFailed } from '../errors';
import type { JsonObject } from '../json';

const MAX_KEYWORDS = 10;
const MAX_CHARACTERS = 40;

/**
 * Returns a predicate for `q`: an event matches if it contains all keywords as words, in any case.
 *
 * @throws OktaError, 400 E0000001, if there are too many keywords, or if one is too long.
 */
export function parseKeywords(q: string): (event: JsonObject) => boolean {
  const keywords = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (keywords.length > MAX_KEYWORDS)
    throw validationFailed('q', `Freeform search cannot contain more than ${MAX_KEYWORDS} items.`);
  if (keywords.some(({ length }) => length > MAX_CHARACTERS))
    throw validationFailed(
      'q',
      `Freeform search cannot contain items longer than ${MAX_CHARACTERS} characters.`,
    );
  return (event) => {
    const words = wordsOf(event);
    return keywords.every((word) => words.has(word));
  };
}

/** Returns the words of all values. A word with hyphens also counts as its parts. */
function wordsOf(event: JsonObject): ReadonlySet<string> {
  const words = new Set<string>();
  JSON.stringify(event, (_, value: unknown) => {
    if (typeof value !== 'string') return value;
    for (const word of value.toLowerCase().split(/\s+/)) {
      words.add(word);
      for (const part of word.split('-')) words.add(part);
    }
    return value;
  });
  return words;
}
