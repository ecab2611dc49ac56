import type { PageContext } from '../../../src/console/pages/pageContext';

/** What a page gets from its request. */
export function pageContext(context: Partial<PageContext> = {}): PageContext {
  return {
    session: { id: '', formToken: '', isSignedIn: false },
    path: '/',
    domain: undefined,
    orgs: [],
    access: [],
    hasSignOut: false,
    signedInAs: undefined,
    role: 'viewer',
    isReadOnly: true,
    note: undefined,
    ...context,
  };
}
