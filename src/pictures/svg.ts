import { type Graph, instance } from '@viz-js/viz';
import { printable } from '../printable';
import type { DrawnNode, Drawing } from './drawing';
import { inRows, type Position } from './rows';
import { STYLE } from './style';

/** Up to so many nodes Graphviz finds the places, from members to groups. */
const MOST_PLACED_BY_GRAPHVIZ = 40;
/** Longer names are cut, so that one does not push all others apart. */
const MOST_CHARACTERS = { small: 32, large: 24 } as const;

/**
 * A drawing as an SVG that stands on its own, laid out by Graphviz, in the reader's light or dark theme.
 *
 * @param title what the picture shows.
 */
export async function svgOf(drawing: Drawing, title: string): Promise<string> {
  const viz = await instance();
  const isSmall = drawing.nodes.length <= MOST_PLACED_BY_GRAPHVIZ;
  const mostCharacters = MOST_CHARACTERS[isSmall ? 'small' : 'large'];
  const labels = drawing.nodes.map((node) => labelOf(node, mostCharacters));
  const places = isSmall ? undefined : inRows(drawing, columnWidth(labels));
  const names = new Map(drawing.nodes.map(({ key }, i) => [key, `n${i}`]));
  const svg = viz.renderString(graphOf(drawing, labels, names, { places, title }), {
    format: 'svg',
    engine: isSmall ? 'dot' : 'nop',
  });
  const titles = new Map(drawing.nodes.map((node) => [names.get(node.key), titleOf(node)]));
  return svg
    .slice(svg.indexOf('<svg'))
    .replace(/<!--.*?-->\n/gs, '')
    .replace(/<title>(.*?)<\/title>\n/g, (_, name: string) =>
      titles.has(name) ? `<title>${escapedXml(titles.get(name) ?? '')}</title>\n` : '',
    )
    .replace(/<svg ([^>]*)>/, (_, attributes: string) => {
      const label = escapedXml(printable(title));
      return `<svg ${attributes} role="img" aria-label="${label}">\n<title>${label}</title>\n<style>${STYLE}</style>`;
    });
}

function graphOf(
  { nodes, links }: Drawing,
  labels: readonly string[],
  names: ReadonlyMap<string, string>,
  { places, title }: { places: ReadonlyMap<string, Position> | undefined; title: string },
): Graph {
  return {
    directed: true,
    graphAttributes: {
      label: escapedLabel(printable(title)),
      labelloc: 't',
      fontname: FONT,
      fontsize: 14,
      bgcolor: 'white',
      pad: 0.4,
      outputorder: 'edgesfirst',
      rankdir: 'LR',
      ranksep: 1,
      nodesep: 0.1,
      splines: places ? 'line' : 'true',
    },
    nodeAttributes: {
      fontname: FONT,
      fontsize: 11,
      shape: 'box',
      margin: '0.14,0.04',
      height: 0.25,
      width: 0.3,
    },
    edgeAttributes: places ? { arrowhead: 'none' } : { arrowsize: 0.5 },
    nodes: nodes.map((node, i) => ({
      name: names.get(node.key) ?? '',
      attributes: {
        class: node.isFaint ? `${node.kind} faint` : node.kind,
        label: escapedLabel(labels[i] ?? ''),
        ...posOf(places?.get(node.key)),
        style: node.kind === 'group' ? 'filled' : 'filled,rounded',
      },
    })),
    edges: links.map(({ from, to, kind }) => ({
      tail: names.get(from) ?? '',
      head: names.get(to) ?? '',
      attributes: { class: kind },
    })),
  };
}

const FONT = 'Helvetica';

/** Graphviz counts from below. */
function posOf(place: Position | undefined): { pos?: string } {
  return place ? { pos: `${place.x},${-place.y}` } : {};
}

function labelOf({ name, detail, isFaint }: DrawnNode, mostCharacters: number): string {
  const note = isFaint && detail !== undefined ? ` (${detail})` : '';
  return cut(printable(name), mostCharacters - note.length) + note;
}

/** Room for the longest label, by the width of wide letters, in points. */
function columnWidth(labels: readonly string[]): number {
  return 24 + 7.5 * Math.max(...labels.map((label) => [...label].length));
}

/** What is shown where the pointer rests. */
function titleOf({ name, detail }: DrawnNode): string {
  return printable(detail === undefined ? name : `${name}, ${detail}`);
}

function cut(text: string, mostCharacters: number): string {
  const characters = [...text];
  return characters.length <= mostCharacters ? text : `${characters.slice(0, mostCharacters - 1).join('')}…`;
}

/** Graphviz reads backslashes and entities in a label. */
function escapedLabel(text: string): string {
  return text.toWellFormed().replaceAll('&', '&amp;').replaceAll('\\', '\\\\');
}

function escapedXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
