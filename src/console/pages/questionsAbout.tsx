import type { AccessPageKind } from '../../graph/read/access';
import type { Given } from '../../queries/parameters';
import type { Question } from '../../queries/question';
import { QUESTIONS } from '../../queries/registry';
import { questionPath } from './links';

/** A question with what is known of its parameters. */
interface Asked {
  question: Question;
  given: Given;
}

/** The types of parameters that each kind of page can fill in. */
const PARAMETERS = { User: 'person', Group: 'group', apps: 'app' } as const;

/**
 * Returns the questions that take a user, group or app, with it filled in, and those about all admin roles or all group
 * rules, which take none.
 */
export function questionsAbout(kind: 'User' | 'Group' | AccessPageKind, id: string): Asked[] {
  if (kind === 'roles' || kind === 'rules')
    return QUESTIONS.filter(({ access, scope }) => scope === 'org' && access.includes(kind)).map(
      (question) => ({ question, given: {} }),
    );
  return QUESTIONS.flatMap((question) => {
    const [parameter] =
      Object.entries(question.parameters).find(([, { type }]) => type === PARAMETERS[kind]) ?? [];
    return parameter === undefined ? [] : [{ question, given: { [parameter]: [id] } }];
  });
}

/** Links to questions. */
export function Questions({ domain, asked: all }: { domain: string; asked: readonly Asked[] }) {
  return (
    <section>
      <h2>Questions</h2>
      <ul>
        {all.map(({ question, given }) => (
          <li>
            <a href={questionPath(domain, question.id, undefined, given)}>{question.question}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
