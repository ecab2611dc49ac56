import { type NativeConnection, Runtime } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES, type SearchAttribute } from '../contract';

/** Temporal's `IndexedValueType` of a keyword. */
const KEYWORD = 2;

/**
 * Returns which of our search attributes the namespace has, each as a keyword. None if they cannot be read: a run does
 * not need them, and would not begin with one that is not registered.
 */
export async function knownSearchAttributes(
  { operatorService }: NativeConnection,
  namespace: string,
): Promise<SearchAttribute[]> {
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return SEARCH_ATTRIBUTES.filter((name) => customAttributes[name] === KEYWORD);
  } catch (error) {
    Runtime.instance().logger.warn('The search attributes of the namespace cannot be read; runs set none', {
      event: 'search_attributes_unknown',
      error,
    });
    return [];
  }
}
