/** Returns a path of this console, or `/`. Rejects `//host` and `/\host`, which lead to other hosts. */
export function ownPath(to: unknown): string {
  const isOwn = typeof to === 'string' && /^\/(?![/\\])[\x21-\x7e]{0,1000}$/.test(to) && !to.includes('\\');
  return isOwn ? to : '/';
}
