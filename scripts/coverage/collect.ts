import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EncodedSourceMap } from '@jridgewell/trace-mapping';
import { outlineOf } from './outline';
import {
  type Compiled,
  countsAt,
  isTextOf,
  type Placement,
  placementsIn,
  type ScriptCoverage,
  type Source,
} from './runs';

/** A source file and how often each span of its outline ran, in all processes together. */
export interface CountedSource extends Source {
  /** From the folder of the repository. */
  file: string;
  counts: number[];
}

interface ProcessCoverage {
  result: ScriptCoverage[];
  'source-map-cache'?: Record<string, { lineLengths: number[] | null; data: EncodedSourceMap | null }>;
}

/** The bundle of the workflows, and the names that it runs under. */
interface Bundle extends Omit<Compiled, 'url'> {
  names: readonly string[];
}

export interface Places {
  /** Of the repository. */
  root: string;
  /** What `NODE_V8_COVERAGE` named: a file of each process and worker thread. */
  data: string;
}

export interface Collected {
  files: CountedSource[];
  /** Processes that were ended while they wrote down what ran. */
  cut: number;
}

/**
 * Reads what ran in all processes. Each script of each process is looked up in its sources by itself, since the same
 * source is compiled in several ways: by tsx in two, by the build, and into the bundle of the workflows.
 *
 * @throws Error when a script's source map is of another text.
 */
export function collect({ root, data }: Places): Collected {
  const sources = new Map(
    sourcesIn(root).map((file) => [pathToFileURL(join(root, file)).href, read(root, file)]),
  );
  const bundle = bundleAt(join(root, 'dist/workflow-bundle.js'));
  const placements = new Map<string, Placement<CountedSource>[]>();
  let cut = 0;
  for (const name of readdirSync(data)) {
    const ran = parse(join(data, name));
    if (!ran) cut += 1;
    for (const script of ran?.result ?? []) {
      if (!isOfRepository(script.url, root)) continue;
      const compiled = compiledOf(script, ran?.['source-map-cache'], bundle);
      if (!compiled) continue;
      const key = `${script.url}\n${compiled.map.mappings}`;
      const known = placements.get(key) ?? placementsIn(compiled, (url) => sources.get(url));
      placements.set(key, known);
      for (const { source, offsets } of known)
        for (const [index, count] of countsAt(script, offsets).entries())
          source.counts[index] = (source.counts[index] ?? 0) + count;
    }
  }
  return { files: [...sources.values()], cut };
}

function read(root: string, file: string): CountedSource {
  const text = readFileSync(join(root, file), 'utf8');
  const outline = outlineOf(file, text);
  return { file, outline, lineStarts: lineStartsOf(text), counts: outline.spans.map(() => 0) };
}

/** All TypeScript of `src`, also what no test loads. */
function sourcesIn(root: string): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join('src', name))
    .sort();
}

function parse(path: string): ProcessCoverage | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessCoverage;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isOfRepository = (url: string, root: string) =>
  url.startsWith(`${pathToFileURL(root).href}/`) && !url.includes('/node_modules/');

/** @throws Error when the source map that Node kept under the URL is that of another text. */
function compiledOf(
  script: ScriptCoverage,
  maps: ProcessCoverage['source-map-cache'],
  bundle: Bundle | undefined,
): Compiled | undefined {
  const { url } = script;
  const { lineLengths, data } = maps?.[url] ?? {};
  if (!lineLengths || !data)
    return bundle?.names.some((name) => url.endsWith(`/${name}`)) ? { url, ...bundle } : undefined;
  const compiled = { url, lineLengths, map: data };
  if (!isTextOf(script, compiled)) throw new Error(`The source map of ${url} is that of another text`);
  return compiled;
}

/**
 * The bundle carries its map, which Node does not read of a script that runs in a context of its own. A worker changes
 * the map's last line; the name that it then runs the bundle under has the hash of its content.
 */
function bundleAt(path: string): Bundle | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  const [, base64 = ''] = /\n\/\/# sourceMappingURL=data:[^,]*;base64,([\w+/=]+)\s*$/.exec(text) ?? [];
  const map = JSON.parse(Buffer.from(base64, 'base64').toString()) as EncodedSourceMap;
  const lineLengths = text.split('\n').map(({ length }) => length);
  return { names: [map.file ?? '', 'dist/workflow-bundle.js'], lineLengths, map };
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
