/** Formats of an export: `opengraph` is one file, the others are folders. */
export const FORMATS = ['opengraph', 'neo4j-csv', 'parquet'] as const;

export type Format = (typeof FORMATS)[number];
