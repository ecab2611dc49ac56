/** Mocha sends SIGTERM to a test process that takes longer than a second to end; writing down what ran may take longer. */
process.on('SIGTERM', () => undefined);
