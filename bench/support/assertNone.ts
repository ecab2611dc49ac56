/** @throws Error if the graph differs from the org: figures of such runs are worth nothing. */
export function assertNone(differences: readonly string[]): void {
  if (differences.length > 0) throw new Error(`The graph is not the org: ${differences.join('; ')}`);
}
