import { capitalized } from '../../text/capitalized';
import type { Question } from '../../queries/question';
import { findQuestion, QUESTIONS } from '../../queries/registry';
import { TOPICS } from '../../queries/topics';
import { Layout } from './layout';
import type { PageContext } from './pageContext';
import { integrationPath, questionPath } from './links';

/** All questions about an org, by topic. */
export function QuestionsPage({ page, domain }: { page: PageContext; domain: string }) {
  return (
    <Layout title={`Questions about ${domain}`} page={page}>
      <p class="path">
        <a href={integrationPath(domain)}>{domain}</a>
      </p>
      <h1>Questions</h1>
      <p class="under">{`${QUESTIONS.length} questions about ${domain}, each with its answer, what the answer is based on, and the Cypher.`}</p>
      <p class="row" data-filter="questions" hidden>
        <label for="filter">Filter</label>
        <input id="filter" type="search" autocomplete="off" placeholder="Such as: never signed in" />
      </p>
      <div class="columns" id="questions">
        {TOPICS.map(([topic, ...ids]) => (
          <section>
            <h2>{capitalized(topic)}</h2>
            <ul class="plain">
              {ids.map((id) => {
                const question = findQuestion(id);
                return question && <QuestionItem domain={domain} question={question} />;
              })}
            </ul>
          </section>
        ))}
      </div>
    </Layout>
  );
}

function QuestionItem({
  domain,
  question: { id, question, why, needs, access },
}: {
  domain: string;
  question: Question;
}) {
  return (
    <li>
      <a href={questionPath(domain, id)}>{question}</a>{' '}
      {[...(needs === 'history' ? [needs] : []), ...access].map((each) => (
        <>
          <span class="badge still">{each}</span>{' '}
        </>
      ))}
      <div class="muted">{why.replaceAll('`', '')}</div>
    </li>
  );
}
