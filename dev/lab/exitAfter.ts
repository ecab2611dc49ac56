/** Runs a script, prints an error that it throws, and exits whatever servers and timers are left. */
export function exitAfter(main: () => Promise<void>): void {
  void main().then(
    () => process.exit(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
