/** What the worker's workflow bundle holds. */
export { progressQuery, syncOkta, waitingSignal } from './syncOkta';
