import type { AccessPageKind } from '../../graph/read/access';
import type { Session } from '../env';
import type { Role } from '../safety/people';

/** Request data that every page needs. */
export interface PageContext {
  session: Session;
  path: string;
  /** The org of the page: that in its path, or the only one. */
  domain: string | undefined;
  orgs: readonly string[];
  /** Kinds of access that are synced. */
  access: readonly AccessPageKind[];
  /** The page offers nothing that this role may not do. */
  role: Role;
  /** True if the console changes nothing, whoever asks. */
  isReadOnly: boolean;
  /** True if the page shows a sign-out button. */
  hasSignOut: boolean;
  /** Who has signed in, in words; undefined if nobody has. */
  signedInAs: string | undefined;
  /** A key of the notes in layout.tsx, after a form was submitted. */
  note?: string | undefined;
}
