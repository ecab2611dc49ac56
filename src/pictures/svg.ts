import { type Graph, instance } from '@viz-js/viz';
import { printable } from '../text/printable';
import type { DrawnNode, Drawing } from './drawing';
import { inRows, type Position } from './rows';
import { STYLE } from './style';

/** Maximum number of nodes that Graphviz lays out, from members to groups. */
const MAX_PLACED_BY_GRAPHVIZ = 40;
/** Longer names are truncated, so that one name does not widen the whole picture. */
const MAX_CHARACTERS = { small: 32, large: 24 } as const;

/**
 * Renders a drawing with Graphviz as a standalone SVG that follows the viewer's light or dark mode.
 *
 * @param title title of the picture, also its accessible name.
 */
export async function svgOf(drawing: Drawing, title: string): Promise<string> {
  const viz = await instance();
  const isSmall = drawing.nodes.length <= MAX_PLACED_BY_GRAPHVIZ;
  const maxCharacters = MAX_CHARACTERS[isSmall ? 'small' : 'large'];
  const labels = drawing.nodes.map((node) => labelOf(node, maxCharacters));
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
        style: node.kind === 'user' ? 'filled,rounded' : 'filled',
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

/** Graphviz's y axis points up. */
function posOf(place: Position | undefined): { pos?: string } {
  return place ? { pos: `${place.x},${-place.y}` } : {};
}

function labelOf({ name, detail, isFaint }: DrawnNode, maxCharacters: number): string {
  const note = isFaint && detail !== undefined ? ` (${detail})` : '';
  return cut(printable(name), maxCharacters - note.length) + note;
}

/** Returns the width of a column that fits the longest label, in points, assuming wide letters. */
function columnWidth(labels: readonly string[]): number {
  return 24 + 7.5 * Math.max(...labels.map((label) => [...label].length));
}

/** Tooltip of a node. */
function titleOf({ name, detail }: DrawnNode): string {
  return printable(detail === undefined ? name : `${name}, ${detail}`);
}

function cut(text: string, maxCharacters: number): string {
  const characters = [...text];
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}

/** Escapes the backslashes and entities that Graphviz interprets in a label. */
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
