import ts from 'typescript-api';

/** Begin and end of a piece of a source, in characters from its beginning. */
export interface Span {
  start: number;
  end: number;
}

/** A way that the code can take at a decision. */
export interface Branch {
  /** Index of the span that this way begins with. */
  span: number;
  /** For the way past an `if` without `else`: index of the span whose runs are those that took the other way. */
  unless?: number;
}

/** What can be covered in a source file. Depends on the source only, so all compiled forms of it count alike. */
export interface Outline {
  spans: readonly Span[];
  /** By line, counted from 1: indexes of the spans of the statements that begin there. */
  lines: ReadonlyMap<number, readonly number[]>;
  branches: readonly Branch[];
}

/**
 * Lists statements and branches of a source file. Statements are also the initial value of a class property and the
 * body of an arrow function that is an expression. Branches are those of `if`, `?:`, `switch`, `&&`, `||` and `??`.
 * Declarations that do nothing by themselves (imports, types, functions, classes) are left out.
 */
export function outlineOf(fileName: string, text: string): Outline {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const spans: Span[] = [];
  const lines = new Map<number, number[]>();
  const branches: Branch[] = [];
  const indexes = new Map<number, number>();

  const spanOf = (node: ts.Node): number => {
    const inner = withoutWrapping(node);
    const start = inner.getStart(source);
    const known = indexes.get(start);
    if (known !== undefined) return known;
    indexes.set(start, spans.length);
    return spans.push({ start, end: inner.getEnd() }) - 1;
  };
  const addStatement = (node: ts.Node) => {
    const span = spanOf(node);
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    lines.set(line, [...(lines.get(line) ?? []), span]);
  };
  const addBranch = (node: ts.Node) => branches.push({ span: spanOf(firstOf(node)) });

  const visit = (node: ts.Node): void => {
    if (isErased(node)) return;
    if (isCountedStatement(node)) addStatement(node);
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) addStatement(node.body);
    if (ts.isPropertyDeclaration(node) && node.initializer) addStatement(node.initializer);
    if (ts.isIfStatement(node)) {
      addBranch(node.thenStatement);
      if (node.elseStatement) addBranch(node.elseStatement);
      else branches.push({ span: spanOf(node), unless: spanOf(firstOf(node.thenStatement)) });
    } else if (ts.isConditionalExpression(node)) {
      addBranch(node.whenTrue);
      addBranch(node.whenFalse);
    } else if (ts.isBinaryExpression(node) && isShortCircuit(node.operatorToken.kind)) {
      addBranch(node.right);
    } else if (ts.isCaseOrDefaultClause(node) && node.statements[0]) {
      addBranch(node.statements[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { spans, lines, branches };
}

/** A block has no position of its own in compiled code; what it begins with has. */
function firstOf(node: ts.Node): ts.Node {
  return ts.isBlock(node) && node.statements[0] ? firstOf(node.statements[0]) : node;
}

/** Compiled code has neither the parentheses nor the types around an expression. */
function withoutWrapping(node: ts.Node): ts.Node {
  const isWrapping = ts.isParenthesizedExpression(node) || ts.isAsExpression(node);
  return isWrapping || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node)
    ? withoutWrapping(node.expression)
    : node;
}

function isErased(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) ?? false;
}

function isCountedStatement(node: ts.Node): boolean {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.some(({ initializer }) => initializer !== undefined);
  return (ts.isStatement(node) && STATEMENTS.has(node.kind)) || ts.isExportAssignment(node);
}

const { SyntaxKind } = ts;
const STATEMENTS: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.BreakStatement,
  SyntaxKind.ContinueStatement,
  SyntaxKind.DoStatement,
  SyntaxKind.ExpressionStatement,
  SyntaxKind.ForInStatement,
  SyntaxKind.ForOfStatement,
  SyntaxKind.ForStatement,
  SyntaxKind.IfStatement,
  SyntaxKind.ReturnStatement,
  SyntaxKind.SwitchStatement,
  SyntaxKind.ThrowStatement,
  SyntaxKind.TryStatement,
  SyntaxKind.WhileStatement,
]);

function isShortCircuit(operator: ts.SyntaxKind): boolean {
  return (
    operator === SyntaxKind.AmpersandAmpersandToken ||
    operator === SyntaxKind.BarBarToken ||
    operator === SyntaxKind.QuestionQuestionToken
  );
}
