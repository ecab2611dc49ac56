/** A promise that a fake activity settles and a test awaits. */
export function signal(): { given: Promise<void>; give: () => void } {
  let settle: (() => void) | undefined;
  const given = new Promise<void>((resolve) => (settle = resolve));
  return { given, give: () => settle?.() };
}
