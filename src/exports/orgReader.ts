import type { GraphDatabase } from '../graph/database';
import { integer } from '../graph/values';
import { unlessAborted } from '../text/unlessAborted';
import {
  EDGE_TABLES,
  nodeTables,
  type Column,
  type ColumnType,
  type EdgeTable,
  type Label,
  type NodeTable,
} from './tables';

export type Value = string | number | boolean | Date | readonly string[] | null;

/** Values are in the order of the table's columns. */
export interface NodeRow {
  id: string;
  values: readonly Value[];
}

export interface EdgeRow {
  from: string;
  to: string;
  values: readonly Value[];
}

export interface ReaderOptions {
  /** Includes the JSON that Okta sent. */
  includesRaw?: boolean;
  /** Maximum number of nodes in one query; of relationships, maximum number of nodes at which they begin. */
  pageSize?: number;
  /** Ends the reading, without waiting for a page that has been asked for. */
  signal?: AbortSignal | undefined;
  /** Called after each page. */
  onRead?: ((table: string, rows: number) => void) | undefined;
}

const PAGE_SIZE = 1_000;
/** With the JSON that Okta sent, of which one object can have hundreds of kilobytes. */
const RAW_PAGE_SIZE = 100;

/**
 * Reads the graph of an org page by page, in the order of ids. Each page is a transaction of its own: no transaction of
 * Neo4j shows one state of the database to several queries. So that no relationship leads nowhere, those with an end that
 * was not among the nodes are left out and counted; the ids of the nodes are therefore kept in memory.
 */
export class OrgReader {
  readonly edgeTables = EDGE_TABLES;
  /** Number of relationships that were left out, because a run has changed the graph meanwhile. */
  leftOut = 0;
  /** Number of rows that were read, by table. */
  readonly counts = new Map<string, number>();
  private readonly ids = new Map<Label, Set<string>>();

  private constructor(
    private readonly db: GraphDatabase,
    readonly domain: string,
    /** True if each node also has a label such as `OktaUser`. */
    readonly hasOktaLabels: boolean,
    readonly nodeTables: readonly NodeTable[],
    private readonly runsAtStart: RunState,
    private readonly options: ReaderOptions,
  ) {}

  /** Returns undefined if the graph has never had the org. */
  static async open(
    db: GraphDatabase,
    domain: string,
    options: ReaderOptions = {},
  ): Promise<OrgReader | undefined> {
    const [org] = await db.read<{ User: string[]; Group: string[]; hasOktaLabels: boolean }>(
      `MATCH (o:OktaOrg {domain: $domain})
       RETURN coalesce(o.user_properties, []) AS User, coalesce(o.group_properties, []) AS Group,
              coalesce(o.has_okta_labels, false) AS hasOktaLabels`,
      { domain },
    );
    if (!org) return undefined;
    const promoted = {
      User: await promotedColumns(db, domain, 'User', org.User),
      Group: await promotedColumns(db, domain, 'Group', org.Group),
    };
    const tables = nodeTables(promoted, options.includesRaw === true);
    return new OrgReader(db, domain, org.hasOktaLabels, tables, await runState(db, domain), options);
  }

  /** Returns all nodes of a table, each once. */
  async *nodes(table: NodeTable): AsyncGenerator<NodeRow[]> {
    const ids = new Set<string>();
    this.ids.set(table.name, ids);
    const statement = `
      MATCH (n:${table.name} {okta_domain: $domain}) WHERE n.id > $after
      RETURN n.id AS id, ${valuesOf('n', table.columns)} AS values ORDER BY n.okta_domain, n.id LIMIT $size`;
    for await (const page of this.pages<{ id: string; values: unknown[] }>(
      statement,
      table.hasRaw ? RAW_PAGE_SIZE : PAGE_SIZE,
    )) {
      const rows = page.map(({ id, values }) => ({ id, values: plainValues(values, table.columns) }));
      for (const { id } of rows) ids.add(id);
      this.count(table.name, rows.length);
      yield rows;
    }
  }

  /** Returns all relationships of a table, each once. The nodes of both labels MUST have been read before. */
  async *edges(table: EdgeTable): AsyncGenerator<EdgeRow[]> {
    const { from: label, type, to, columns } = table;
    const [starts, ends] = [this.ids.get(label), this.ids.get(to)];
    if (!starts || !ends) throw new Error(`The nodes of ${table.name} have not been read.`);
    const statement = `
      MATCH (n:${label} {okta_domain: $domain}) WHERE n.id > $after
      WITH n ORDER BY n.okta_domain, n.id LIMIT $size
      RETURN n.id AS id, COLLECT {
        MATCH (n)-[e:${type}]->(t:${to} {okta_domain: $domain}) RETURN [t.id, ${valuesOf('e', columns)}]
      } AS edges ORDER BY n.okta_domain, n.id`;
    for await (const page of this.pages<{ id: string; edges: [string, unknown[]][] }>(statement)) {
      const rows: EdgeRow[] = [];
      for (const { id: from, edges } of page)
        for (const [id, values] of edges)
          if (starts.has(from) && ends.has(id))
            rows.push({ from, to: id, values: plainValues(values, columns) });
          else this.leftOut += 1;
      this.count(table.name, rows.length);
      yield rows;
    }
  }

  /** Returns true if a run was in progress at any time since the reader was opened. */
  async mayBeMixed(): Promise<boolean> {
    const { lastRun, isRunning } = await runState(this.db, this.domain);
    return isRunning || this.runsAtStart.isRunning || lastRun !== this.runsAtStart.lastRun;
  }

  private async *pages<Row extends { id: string }>(
    statement: string,
    size = PAGE_SIZE,
  ): AsyncGenerator<Row[]> {
    const { pageSize = size, signal } = this.options;
    for (let after: string | undefined = ''; after !== undefined;) {
      signal?.throwIfAborted();
      const read = this.db.read<Row>(statement, { domain: this.domain, after, size: integer(pageSize) });
      const page: Row[] = await (signal ? unlessAborted(signal, read) : read);
      if (page.length > 0) yield page;
      after = page.length < pageSize ? undefined : page.at(-1)?.id;
    }
  }

  private count(table: string, rows: number): void {
    const count = (this.counts.get(table) ?? 0) + rows;
    this.counts.set(table, count);
    this.options.onRead?.(table, count);
  }
}

interface RunState {
  lastRun: number | null;
  isRunning: boolean;
}

async function runState(db: GraphDatabase, domain: string): Promise<RunState> {
  const [state] = await db.read<RunState>(
    `MATCH (o:OktaOrg {domain: $domain})
     RETURN o.last_run AS lastRun, EXISTS { (:SyncRun {okta_domain: $domain, outcome: 'running'}) } AS isRunning`,
    { domain },
  );
  return state ?? { lastRun: null, isRunning: false };
}

const escaped = (name: string) => `\`${name.replaceAll('`', '``')}\``;

/** Cypher: a list of the values of a node or relationship; times as milliseconds since the epoch. */
function valuesOf(of: string, columns: readonly Column[]): string {
  const values = columns.map(
    ({ name, type }) => `${of}.${escaped(name)}${type === 'time' ? '.epochMillis' : ''}`,
  );
  return `[${values.join(', ')}]`;
}

function plainValues(values: readonly unknown[], columns: readonly Column[]): Value[] {
  return columns.map(({ type }, index) => plain(values[index] ?? null, type));
}

function plain(value: unknown, type: ColumnType): Value {
  if (value === null) return null;
  if (type === 'time') return new Date(value as number);
  if (type === 'text' && typeof value !== 'string') return JSON.stringify(value);
  return FITS[type](value) ? (value as Value) : null;
}

/** True for values of a type. A run in progress can write others. */
const FITS: Readonly<Record<Exclude<ColumnType, 'time'>, (value: unknown) => boolean>> = {
  text: () => true,
  whole: Number.isInteger,
  number: (value) => typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
  texts: Array.isArray,
};

/** Types of properties by what Neo4j calls the types of their values. */
const TYPES: Readonly<Record<string, ColumnType>> = {
  INTEGER: 'whole',
  FLOAT: 'number',
  'FLOAT,INTEGER': 'number',
  BOOLEAN: 'flag',
  'LIST<STRING>': 'texts',
};

/**
 * Returns the properties that the installation has named, with the type that all values have in common; one with values
 * of several types is a text.
 */
async function promotedColumns(
  db: GraphDatabase,
  domain: string,
  label: Label,
  names: readonly string[],
): Promise<Column[]> {
  if (names.length === 0) return [];
  const rows = await db.read<{ name: string; types: string[] }>(
    `MATCH (n:${label} {okta_domain: $domain}) UNWIND $names AS name
     WITH name, replace(valueType(n[name]), ' NOT NULL', '') AS type WHERE n[name] IS NOT NULL
     RETURN name, collect(DISTINCT type) AS types`,
    { domain, names },
  );
  const types = new Map(rows.map(({ name, types: found }) => [name, found.sort().join()]));
  return names.map((name) => ({ name, type: TYPES[types.get(name) ?? ''] ?? 'text' }));
}
