import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  contradictions,
  KEEP_ALL,
  parseOmitted,
  parsePatterns,
  parsePromoted,
  profileKey,
  readsMembers,
  type DataRules,
} from '../../src/config/dataRules';

/** What a text is parsed to, and the errors that were reported. */
function promoted(text: string, label: 'User' | 'Group' = 'User') {
  const faults: string[] = [];
  return { read: parsePromoted(label, text, (fault) => faults.push(fault)), faults };
}

describe('USER_PROPERTIES and GROUP_PROPERTIES', () => {
  const refused: readonly (readonly [text: string, why: RegExp])[] = [
    ['', /^has "": expected the name of a profile attribute/],
    ['a:b:c', /^has "a:b:c": expected the name of a profile attribute/],
    ['1st', /^has "1st": expected/],
    ['cost center', /^has "cost center": expected/],
    ['a:`x` = 1 //', /^cannot make "`x` = 1 \/\/" a property/],
    ['cost-center', /^cannot make "cost-center" a property: .* such as cost-center:cost_center$/],
    ['a:', /^cannot make "" a property/],
    [`${'a'.repeat(101)}`, /^has "a+": expected/],
    ['x:id', /^cannot use the property id, .* such as x:profile_id$/],
    ['x:okta_domain', /^cannot use the property okta_domain/],
    ['x:last_seen_run', /^cannot use the property last_seen_run/],
    ['title', /^cannot use the property title, .* such as title:profile_title$/],
    ['a,b:a', /^has the property a twice/],
  ];
  for (const [text, why] of refused)
    it(`refuse ${text || 'an empty entry'}`, () => {
      const { faults } = promoted(text);
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', why);
    });

  it('report every wrong entry, and may name an attribute twice', () => {
    assert.equal(promoted('id,login,a').faults.length, 2);
    assert.deepEqual(promoted('a,a:b'), {
      read: [
        { attribute: 'a', property: 'a' },
        { attribute: 'a', property: 'b' },
      ],
      faults: [],
    });
  });

  it("refuse a label's own properties only for that label", () => {
    assert.deepEqual(promoted('description').faults, []);
    assert.equal(promoted('description', 'Group').faults.length, 1);
    assert.equal(promoted('x:memberships_as_of', 'User').faults.length, 1);
  });
});

describe('OMIT_ATTRIBUTES', () => {
  it('refuses what users and groups are identified by', () => {
    const faults: string[] = [];
    assert.deepEqual(
      parseOmitted('email,login,name,mobilePhone', (fault) => faults.push(fault)),
      ['mobilePhone'],
    );
    assert.equal(faults.length, 3);
    for (const fault of faults)
      assert.match(fault, /^cannot omit (email|login|name): users are identified by/);
  });

  it('contradicts a property of the same attribute', () => {
    const rules: DataRules = {
      promoted: { User: [{ attribute: 'city', property: 'town' }], Group: [] },
      omitted: ['city'],
    };
    assert.deepEqual(contradictions(rules), [
      'OMIT_ATTRIBUTES has city, which USER_PROPERTIES makes a property; remove it from one of them',
    ]);
    assert.deepEqual(contradictions(KEEP_ALL), []);
  });
});

describe('The key of rules', () => {
  it('is empty if everything is kept, and the same whatever the order of omitted attributes', () => {
    const omitting = (...omitted: string[]) => profileKey({ ...KEEP_ALL, omitted }, 'User');
    assert.equal(omitting(), '');
    assert.equal(omitting('a', 'b'), omitting('b', 'a'));
    assert.notEqual(omitting('a'), omitting('b'));
  });

  it('differs by label if their properties do', () => {
    const rules = { ...KEEP_ALL, promoted: { User: [{ attribute: 'a', property: 'a' }], Group: [] } };
    assert.notEqual(profileKey(rules, 'User'), '');
    assert.equal(profileKey(rules, 'Group'), '');
  });
});

describe('SYNC_MEMBERS_OF', () => {
  const parsed = (text: string) => {
    const faults: string[] = [];
    return { membersOf: parsePatterns(text, (fault) => faults.push(fault)), faults };
  };
  const selects = (text: string, name: string | undefined, type = 'OKTA_GROUP') =>
    readsMembers({ ...KEEP_ALL, membersOf: parsed(text).membersOf }, { name, type });

  const cases: readonly (readonly [text: string, name: string, isSelected: boolean])[] = [
    ['Engineering', 'Engineering', true],
    ['Engineering', 'Engineering EU', false],
    ['engineering*', 'Engineering EU', true],
    ['*-admins', 'aws-admins', true],
    ['*-admins', 'aws-admins-old', false],
    ['A*,!A*-test', 'App', true],
    ['A*,!A*-test', 'App-test', false],
    ['!*-test', 'App', true],
    ['!*-test', 'App-TEST', false],
    ['Sales? EMEA', 'Sales, EMEA', true],
    ['Sales?', 'Sales', false],
    ['a.c', 'abc', false],
    ['(x)+[y]\\d', '(x)+[y]\\d', true],
    ['a*b', 'a\nb', true],
    ['Büro*', 'BÜRO Wien', true],
    ['?', '😀', true],
    ['**a**', 'bab', true],
  ];
  for (const [text, name, isSelected] of cases)
    it(`${isSelected ? 'selects' : 'does not select'} ${JSON.stringify(name)} with ${text}`, () => {
      assert.equal(selects(text, name), isSelected);
    });

  it('selects what one expression of the whole pattern matches', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'B', '-', '😀'), maxLength: 8 });
    const patterns = fc.string({
      unit: fc.constantFrom('a', 'b', '-', '*', '?'),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(patterns, texts, (pattern, name) => {
        const whole = pattern.replaceAll(/\*+/g, '.*').replaceAll('?', '.');
        assert.equal(selects(pattern, name), new RegExp(`^${whole}$`, 'isu').test(name));
      }),
    );
  });

  it('does not try all ways to split a long name', () => {
    assert.equal(selects(`${'*-'.repeat(40)}*test`, '-'.repeat(255)), false);
  });

  it('always selects groups that are built in, and all groups if it is not set', () => {
    assert.equal(selects('A', 'Everyone', 'BUILT_IN'), true);
    assert.equal(selects('!*', 'Everyone', 'BUILT_IN'), true);
    assert.equal(readsMembers(KEEP_ALL, { name: 'B', type: 'OKTA_GROUP' }), true);
  });

  it('does not select a group without a name, unless only exclusions are given', () => {
    assert.equal(selects('A*', undefined), false);
    assert.equal(selects('!A*', undefined), true);
  });

  for (const text of ['', 'A,', '!', 'A,! ,B'])
    it(`refuses ${JSON.stringify(text)}`, () => {
      const { faults } = parsed(text);
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', /^has "!?": expected patterns of group names with commas between them/);
    });

  it('is part of the key of groups only', () => {
    const rules = { ...KEEP_ALL, membersOf: parsed('A*').membersOf };
    assert.equal(profileKey(rules, 'User'), '');
    assert.notEqual(profileKey(rules, 'Group'), '');
  });
});
