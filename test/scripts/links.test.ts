import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');

const PAGES = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

describe('The documentation', () => {
  it('has only relative links to files and headings that exist', () => {
    const links = PAGES.flatMap(linksOf);
    assert.ok(links.length > 100, `${links.length} links were found`);
    assert.deepEqual(
      links.filter(isBroken).map(({ page, target }) => `${page}: ${target}`),
      [],
    );
  });

  it('is reached from README.md, page by page', () => {
    const reached = new Set(['README.md']);
    for (const page of reached)
      for (const { path } of linksOf(page)) if (PAGES.includes(path)) reached.add(path);
    assert.deepEqual(
      PAGES.filter((page) => !reached.has(page)),
      [],
    );
  });

  it('has a README.md and an ARCHITECTURE.md of at most 10 KB each', () => {
    for (const page of ['README.md', 'ARCHITECTURE.md']) {
      const { length } = readFileSync(join(ROOT, page));
      assert.ok(length <= 10_240, `${page} has ${length} bytes`);
    }
  });
});

describe('The anchor of a heading', () => {
  it('is what GitHub makes of it', () => {
    const page = [
      '# A `code`, and more!',
      '## Two  [links](x.md) & a_b',
      '```sh',
      '# no heading',
      '```',
      '## Same',
      '## Same',
    ];
    assert.deepEqual(
      [...anchorsOf(page.join('\n'))],
      ['a-code-and-more', 'two--links--a_b', 'same', 'same-1'],
    );
  });
});

interface Link {
  page: string;
  /** As it is written. */
  target: string;
  /** The file, from the root. */
  path: string;
  anchor: string;
}

function linksOf(page: string): Link[] {
  const text = withoutCode(readFileSync(join(ROOT, page), 'utf8'));
  return [...text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor = ''] = target.split('#');
      return {
        page,
        target,
        path: file === '' ? page : relative(ROOT, join(ROOT, dirname(page), file)),
        anchor,
      };
    });
}

function isBroken({ path, anchor }: Link): boolean {
  if (path.startsWith('..') || !existsSync(join(ROOT, path))) return true;
  return anchor !== '' && !anchorsOf(readFileSync(join(ROOT, path), 'utf8')).has(anchor);
}

/** The ids that GitHub gives to a page's headings: text in lower case, without punctuation, blanks as hyphens. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(markdown).matchAll(/^#{1,6} +(.+?) *#* *$/gm)) {
    const text = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const id = text.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-');
    let unique = id;
    for (let n = 1; anchors.has(unique); n++) unique = `${id}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^ *(```|~~~)[\s\S]*?^ *\1.*$/gm, '');
}

/** Code holds no links. */
function withoutCode(markdown: string): string {
  return withoutFences(markdown).replace(/`[^`\n]*`/g, '');
}
