import assert from 'node:assert/strict';
import type { DrawnNode, Drawing } from '../../src/pictures/drawing';
import { svgOf } from '../../src/pictures/svg';

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Returns one group with members, whose names are of all lengths up to a long one. */
function star(members: number): Drawing {
  const nodes: DrawnNode[] = [
    { key: 'g', kind: 'group', isFaint: false, name: 'Engineering', detail: undefined },
  ];
  for (let i = 0; i < members; i++) {
    const isFaint = i % 7 === 0;
    nodes.push({
      key: `u${i}`,
      kind: 'user',
      isFaint,
      name: `Member ${i} ${'w'.repeat(i % 40)}`,
      detail: isFaint ? 'deprovisioned' : 'Engineer',
    });
  }
  return { nodes, links: nodes.slice(1).map(({ key }) => ({ from: key, to: 'g', kind: 'member' })) };
}

/** Returns members of several groups, some of them in two groups. */
function web(members: number, groups: number): Drawing {
  const { nodes } = star(members);
  const others = Array.from({ length: groups }, (_, i): DrawnNode => ({
    key: `g${i}`,
    kind: 'group',
    isFaint: false,
    name: `Group ${i}`,
    detail: undefined,
  }));
  const users = nodes.slice(1);
  return {
    nodes: [...users, ...others],
    links: users.flatMap(({ key }, i) => [
      { from: key, to: `g${i % groups}`, kind: 'member' as const },
      ...(i % 3 === 0 ? [{ from: key, to: `g${(i + 1) % groups}`, kind: 'member' as const }] : []),
    ]),
  };
}

/** Returns the bounding boxes of the nodes. */
function boxesIn(svg: string): Box[] {
  return [...svg.matchAll(/<g id="node\d+"[^]*?(?:points|d)="([^"]*)"/g)].map(([, points = '']) => {
    const numbers = [...points.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    );
    const [xs, ys] = [numbers.map(([x]) => x), numbers.map(([, y]) => y)];
    return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  });
}

function overlapping(boxes: readonly Box[]): number {
  const doOverlap = (a: Box, b: Box) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return boxes.reduce((sum, a, i) => sum + boxes.slice(i + 1).filter((b) => doOverlap(a, b)).length, 0);
}

/** Returns tags that are opened and not closed, or closed and not opened. */
function unbalanced(svg: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = '', , end] of svg.matchAll(/<(\/?)([a-z]+)((?:\s[^<>]*?)?)(\/?)>/g)) {
    if (slash) {
      if (open.pop() !== name) return [name];
    } else if (!end) open.push(name);
  }
  return open;
}

describe('A picture', () => {
  for (const [content, drawing] of [
    ['5 members', star(5)],
    ['40 members', star(39)],
    ['300 members', star(299)],
    ['280 members of 20 groups', web(280, 20)],
  ] as const) {
    it(`of ${content} shows every name without overlap, at a legible size`, async () => {
      const svg = await svgOf(drawing, 'Engineering');
      const boxes = boxesIn(svg);
      assert.equal(boxes.length, drawing.nodes.length);
      assert.equal(overlapping(boxes), 0);
      assert.equal(svg.match(/<g id="edge/g)?.length, drawing.links.length);
      const [, width, height] = /<svg width="(\d+)pt" height="(\d+)pt"/.exec(svg) ?? [];
      assert.ok(Number(width) < 2200 && Number(height) < 1600, `${width} x ${height}`);
      assert.deepEqual(unbalanced(svg), []);
    });
  }

  it('of nothing has only a title', async () => {
    const svg = await svgOf({ nodes: [], links: [] }, 'Nobody yet');
    assert.match(svg, /<title>Nobody yet<\/title>/);
  });

  it('escapes all characters of names', async () => {
    const names = [
      '<script>alert("x")</script>',
      'A & B &amp; C',
      'back\\N slash\\',
      'a\u202eb\u0000c\nd',
      '\ud83d half',
      '👩🏽‍💻 コ',
    ];
    const nodes = names.map((name, i): DrawnNode => ({
      key: `"${i}"`,
      kind: 'user',
      isFaint: false,
      name,
      detail: '</title>',
    }));
    const svg = await svgOf({ nodes, links: [] }, '<b>& "all"');
    assert.doesNotMatch(svg, /<script|<b>|[\u202e\u0000]/);
    for (const shown of [
      '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;',
      'A &amp; B &amp;amp; C',
      'back\\N slash\\',
      'a b c d',
      '\ufffd half',
    ])
      assert.ok(svg.includes(`>${shown}</text>`), `${shown} in ${svg}`);
    assert.match(svg, /<title>A &amp; B &amp;amp; C, &lt;\/title&gt;<\/title>/);
    assert.match(svg, /aria-label="&lt;b&gt;&amp; &quot;all&quot;"/);
    assert.deepEqual(unbalanced(svg), []);
  });

  it('has colors for light and dark mode', async () => {
    const svg = await svgOf(star(5), 'Engineering');
    assert.match(svg, /<style>[^]*prefers-color-scheme: dark[^]*<\/style>/);
    assert.equal(svg.match(/class="node user faint"/g)?.length, 1);
    assert.match(svg, /class="node group"/);
  });
});
