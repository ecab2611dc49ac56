import { searchAccess } from '../../graph/read/access';
import { search } from '../../graph/read/explore';
import type { GraphDatabase } from '../../graph/database';
import { nameOf } from '../pages/parts';

/** A name for completion: what a question takes, and what shows whom it means. */
export interface Completion {
  value: string;
  label: string;
}

const MAX_COMPLETIONS = 10;

/**
 * Returns what a parameter of a question may be completed to: emails of people, names of groups or labels of apps, or an
 * id where several have that name.
 */
export async function namesLike(
  db: GraphDatabase,
  domain: string,
  kind: string,
  text: string,
): Promise<Completion[]> {
  if (text.trim() === '') return [];
  const found =
    kind === 'app'
      ? (await searchAccess(db, [domain], text, MAX_COMPLETIONS))
          .filter((each) => each.kind === 'apps')
          .map(({ id, name, status }) => ({ id, name, about: status }))
      : (await search(db, [domain], text, MAX_COMPLETIONS))
          .filter(({ label }) => label === (kind === 'person' ? 'User' : 'Group'))
          .map(({ id, name, detail, kind: own }) =>
            kind === 'person' ? { id, name: detail, about: name } : { id, name, about: detail ?? own },
          );
  return found.map(({ id, name, about }) => ({
    value: name === null || found.filter((each) => each.name === name).length > 1 ? id : name,
    label: nameOf([name, about].filter(Boolean).join(' · '), id),
  }));
}
