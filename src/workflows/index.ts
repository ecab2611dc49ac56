/** Exports of the worker's workflow bundle. */
export { notifyRun } from './notifyRun';
export { progressQuery, syncOkta, waitingSignal } from './syncOkta';
export { pingSignal, watchOkta, watchQuery } from './watchOkta';
