import { decodedMappings, type EncodedSourceMap, TraceMap } from '@jridgewell/trace-mapping';
import type { Outline, Span } from './outline';

/** The text of a script: the lengths of its lines, without their ends, and where each piece comes from. */
export interface Compiled {
  url: string;
  lineLengths: readonly number[];
  map: EncodedSourceMap;
}

/** A script as V8 reports it: what ran how often, by characters of the compiled text. */
export interface ScriptCoverage {
  url: string;
  functions: readonly { ranges: readonly Range[] }[];
}

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** A source file that counts. */
export interface Source {
  outline: Outline;
  /** Where its lines begin, in characters from its beginning. */
  lineStarts: readonly number[];
}

/** Where the spans of a source are in a compiled text; undefined for what is not there. */
export interface Placement<S extends Source> {
  source: S;
  offsets: readonly (number | undefined)[];
}

/**
 * Finds the spans of sources in a compiled text.
 *
 * @param sourceAt finds a source by its URL; undefined for those that do not count.
 */
export function placementsIn<S extends Source>(
  { url, lineLengths, map }: Compiled,
  sourceAt: (sourceUrl: string) => S | undefined,
): Placement<S>[] {
  const trace = new TraceMap(map, url);
  const sources = trace.resolvedSources.map((sourceUrl) => {
    const source = sourceAt(sourceUrl);
    const positions: [inSource: number, inCompiled: number][] = [];
    return source && { source, positions };
  });
  let lineStart = 0;
  for (const [line, segments] of decodedMappings(trace).entries()) {
    for (const segment of segments) {
      if (segment.length === 1) continue;
      const [column, index, sourceLine, sourceColumn] = segment;
      const { source, positions } = sources[index] ?? {};
      if (source) positions?.push([(source.lineStarts[sourceLine] ?? 0) + sourceColumn, lineStart + column]);
    }
    lineStart += (lineLengths[line] ?? 0) + 1;
  }
  return sources.flatMap((each) => {
    if (!each) return [];
    const { source, positions } = each;
    positions.sort(([a], [b]) => a - b);
    return { source, offsets: source.outline.spans.map((span) => firstWithin(positions, span)) };
  });
}

/** What a span begins with in the compiled text. */
function firstWithin(positions: readonly [number, number][], { start, end }: Span): number | undefined {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle]?.[0] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  const found = positions[low];
  return found && found[0] < end ? found[1] : undefined;
}

/** How often each of some places of a script ran: as often as the innermost range around it. */
export function countsAt({ functions }: ScriptCoverage, offsets: readonly (number | undefined)[]): number[] {
  const ranges = functions
    .flatMap((each) => each.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const order = offsets
    .map((offset, index) => ({ offset, index }))
    .filter((each): each is { offset: number; index: number } => each.offset !== undefined)
    .sort((a, b) => a.offset - b.offset);
  const counts = offsets.map(() => 0);
  const around: Range[] = [];
  let next = 0;
  for (const { offset, index } of order) {
    for (let range = ranges[next]; range && range.startOffset <= offset; range = ranges[++next]) {
      leave(around, range.startOffset);
      around.push(range);
    }
    leave(around, offset);
    counts[index] = around.at(-1)?.count ?? 0;
  }
  return counts;
}

function leave(around: Range[], offset: number): void {
  while ((around.at(-1)?.endOffset ?? Infinity) <= offset) around.pop();
}

/** Returns true if a script is as long as a compiled text. */
export function isTextOf({ functions }: ScriptCoverage, { lineLengths }: Compiled): boolean {
  const length = lineLengths.reduce((sum, each) => sum + each + 1, -1);
  return functions[0]?.ranges[0]?.endOffset === length;
}
