import type { Given } from '../../queries/parameters';
import type { Parameter, ParameterType, Question } from '../../queries/question';

const HINTS: Readonly<Record<ParameterType, string>> = {
  person: 'an email or Okta ID',
  group: 'the exact name or Okta ID',
  app: 'the exact label or Okta ID',
  moment: 'how long ago, such as 7d, or a date such as 2026-11-24',
  text: '',
  pattern: 'a regular expression',
  list: 'separated by commas',
  count: 'a whole number',
  share: 'between 0 and 1',
};

/** Usual times; everything else can be typed. */
const TIMES = ['1d', '7d', '30d', '90d', '180d', '365d'];

/** The fields of a question's parameters. A script completes names of people, groups and apps while the user types. */
export function QuestionFields({
  question: { parameters },
  given,
  namesPath,
}: {
  question: Question;
  given: Given;
  /** Path that lists names for completion. */
  namesPath: string;
}) {
  return (
    <>
      {Object.entries(parameters).map(([name, parameter]) => (
        <Field {...{ name, parameter, given: given[name], namesPath }} />
      ))}
    </>
  );
}

function Field({
  name,
  parameter: { type, meaning, choices, default: usual },
  given,
  namesPath,
}: {
  name: string;
  parameter: Parameter;
  given: readonly string[] | undefined;
  namesPath: string;
}) {
  const value = given?.join(',') ?? usual ?? '';
  const isNamed = type === 'person' || type === 'group' || type === 'app';
  const hasList = isNamed || type === 'moment';
  return (
    <>
      <label for={name}>{meaning}</label>
      {choices ? (
        <select id={name} name={name}>
          {choices.map((choice) => (
            <option value={choice} selected={choice === value}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <>
          <input
            {...{ id: name, name, value, required: usual === undefined, maxlength: 2_000 }}
            {...(hasList ? { list: `${name}-list`, autocomplete: 'off' } : {})}
            {...(isNamed ? { 'data-names': `${namesPath}?kind=${type}` } : {})}
            aria-describedby={`${name}-hint`}
          />
          {hasList && (
            <datalist id={`${name}-list`}>
              {type === 'moment' && TIMES.map((time) => <option value={time}></option>)}
            </datalist>
          )}
          <p id={`${name}-hint`} class="muted">
            {HINTS[type]}
          </p>
        </>
      )}
    </>
  );
}
