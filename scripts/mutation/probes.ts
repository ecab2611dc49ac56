import ts from '@typescript/typescript6';

/** Gets `FILE:OFFSET` of each statement that is run, see {@link withProbes}. */
declare global {
  var reachedByTest: Set<string> | undefined;
}

/** Offsets of the statements, and of the results of arrow functions, that a mutant can stand in. */
function places(source: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (isPlace(node)) found.push(node);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function isPlace(node: ts.Node): boolean {
  const { parent } = node;
  if (!parent) return false;
  if (ts.isArrowFunction(parent)) return parent.body === node && !ts.isBlock(node);
  const isListed = ts.isBlock(parent) || ts.isCaseClause(parent) || ts.isDefaultClause(parent);
  return isListed && ts.isStatement(node) && !ts.isFunctionDeclaration(node);
}

/** The file's text with a note of each statement that is run; lines keep their numbers. */
export function withProbes(file: string, text: string): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const inserts = places(source).flatMap((node) => {
    const note = `(globalThis.reachedByTest ??= new Set()).add('${file}:${node.getStart()}')`;
    if (ts.isStatement(node)) return [{ at: node.getStart(), text: `;${note};` }];
    return [
      { at: node.getStart(), text: `(${note}, ` },
      { at: node.end, text: ')' },
    ];
  });
  let result = text;
  for (const { at, text: insert } of inserts.sort((a, b) => b.at - a.at))
    result = result.slice(0, at) + insert + result.slice(at);
  return result;
}

/** The note that is made when the code at this offset is run; undefined where that is at the load of the file. */
export function probeAt(file: string, text: string, offset: number): string | undefined {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const all = places(source);
  const around = all.filter((node) => node.getStart() <= offset && offset < node.end);
  const inner = around.at(-1) ?? bodyOf(source, offset, all);
  return inner && `${file}:${inner.getStart()}`;
}

/** First statement of the innermost function of which a parameter's default holds the offset. */
function bodyOf(source: ts.SourceFile, offset: number, all: readonly ts.Node[]): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.getStart() || offset >= node.end) return;
    if (ts.isFunctionLike(node))
      found = all.find((place) => place.getStart() > offset && place.end <= node.end);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}
