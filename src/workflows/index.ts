/** What the worker's workflow bundle holds. */
export { progressQuery, syncOkta } from './syncOkta';
