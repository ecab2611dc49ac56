import { createHash } from 'node:crypto';
import ts from '@typescript/typescript6';
import { cypherCuts, isCypher } from './cypher';

/** One change of a source file. */
export interface Mutant {
  /** The same while the line and the change stay the same, wherever the line moves. */
  id: string;
  file: string;
  /** 1 is the first. */
  line: number;
  rule: string;
  start: number;
  before: string;
  after: string;
  /** The expression or statement that the change is made in. */
  inside: { start: number; end: number; isStatement: boolean };
}

const { SyntaxKind: Kind } = ts;

const OPERATORS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [Kind.AmpersandAmpersandToken]: '||',
  [Kind.BarBarToken]: '&&',
  [Kind.LessThanToken]: '<=',
  [Kind.LessThanEqualsToken]: '<',
  [Kind.GreaterThanToken]: '>=',
  [Kind.GreaterThanEqualsToken]: '>',
  [Kind.EqualsEqualsEqualsToken]: '!==',
  [Kind.ExclamationEqualsEqualsToken]: '===',
  [Kind.PlusToken]: '-',
  [Kind.MinusToken]: '+',
  [Kind.AsteriskToken]: '/',
  [Kind.SlashToken]: '*',
  [Kind.PlusEqualsToken]: '-=',
  [Kind.MinusEqualsToken]: '+=',
};

/** Calls of which the result is nearly what they are called on, or each other's. */
const DROPPED_CALLS = ['filter', 'sort', 'reverse', 'slice', 'trim', 'toLowerCase', 'catch', 'finally'];
const SWAPPED_CALLS: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
};

/** All changes that the rules make of a file, some of which may not compile. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<string, Mutant>();
  const seen = new Map<string, number>();
  const lines = text.split('\n');
  const add = (rule: string, start: number, end: number, after: string, around: ts.Node) => {
    const before = text.slice(start, end);
    const place = `${start}/${end}/${after}`;
    if (before === after || found.has(place)) return;
    const { line } = source.getLineAndCharacterOfPosition(start);
    const key = [file, lines[line]?.trim(), rule, before, after].join('|');
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    const id = createHash('sha1').update(`${key}|${count}`).digest('hex').slice(0, 12);
    const inside = { start: around.getStart(), end: around.end, isStatement: ts.isStatement(around) };
    found.set(place, { id, file, line: line + 1, rule, start, before, after, inside });
  };
  visit(source, (node) => {
    const replace = (rule: string, after: string, what: ts.Node = node) =>
      add(
        rule,
        what.getStart(),
        what.end,
        after,
        ts.isExpression(what) || ts.isStatement(what) ? what : node,
      );
    const textOf = (what: ts.Node) => what.getText();
    if (ts.isIfStatement(node)) {
      if (!isPlainTest(node.expression))
        replace('condition negated', `!(${textOf(node.expression)})`, node.expression);
      if (!node.elseStatement && isExit(node.thenStatement)) replace('guard removed', '');
    } else if (ts.isConditionalExpression(node) && !isPlainTest(node.condition))
      replace('condition negated', `!(${textOf(node.condition)})`, node.condition);
    else if (ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken)
      replace('! dropped', textOf(node.operand));
    else if (ts.isPostfixUnaryExpression(node) && node.operator === Kind.PlusPlusToken)
      replace('++ to --', `${textOf(node.operand)}--`);
    else if (ts.isBinaryExpression(node)) {
      const { operatorToken, left, right } = node;
      const other = OPERATORS[operatorToken.kind];
      if (other) replace('operator', other, operatorToken);
      if (
        [Kind.AmpersandAmpersandToken, Kind.BarBarToken, Kind.QuestionQuestionToken].includes(
          operatorToken.kind,
        )
      ) {
        replace('right side dropped', textOf(left));
        replace('left side dropped', textOf(right));
      }
    } else if (node.kind === Kind.TrueKeyword || node.kind === Kind.FalseKeyword) {
      if (!ts.isLiteralTypeNode(node.parent))
        replace('true/false', node.kind === Kind.TrueKeyword ? 'false' : 'true');
    } else if (ts.isExpressionStatement(node)) {
      const call = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
      if (ts.isCallExpression(call)) replace('call removed', '');
      if (ts.isBinaryExpression(call) && call.operatorToken.kind === Kind.EqualsToken)
        replace('assignment removed', '');
    } else if (ts.isArrayLiteralExpression(node) && node.elements.length > 0 && !isPattern(node))
      replace('array emptied', '[]');
    else if (ts.isReturnStatement(node) && node.expression && !ts.isArrayLiteralExpression(node.expression))
      replace('return emptied', '[]', node.expression);
    else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      if (DROPPED_CALLS.includes(name.text)) replace(`${name.text}() dropped`, textOf(expression));
      const other = Object.hasOwn(SWAPPED_CALLS, name.text) ? SWAPPED_CALLS[name.text] : undefined;
      if (other) add(`${name.text} to ${other}`, name.getStart(), name.end, other, node);
    } else if (isText(node) && isCypher(textOf(node))) {
      const from = node.getStart() + 1;
      for (const { start, end, with: after, rule } of cypherCuts(text.slice(from, node.end - 1)))
        add(`Cypher: ${rule}`, from + start, from + end, after, node);
    }
    if (ts.isAwaitExpression(node) && !isLastAwait(node)) replace('await removed', textOf(node.expression));
  });
  return [...found.values()].sort((a, b) => a.start - b.start);
}

/** Text of a file with the change made; its lines keep their numbers. */
export function mutated(text: string, { start, before, after }: Mutant): string {
  const lost = before.split('\n').length - after.split('\n').length;
  return text.slice(0, start) + after + '\n'.repeat(Math.max(0, lost)) + text.slice(start + before.length);
}

/** Visits all code but types, imports, log texts and the wording of messages. */
function visit(node: ts.Node, each: (node: ts.Node) => void): void {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || isLog(node)) return;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
  if (ts.isTemplateExpression(node) && !isCypher(node.getText()) && /[a-z,] [a-z]/.test(node.getText()))
    return;
  each(node);
  node.forEachChild((child) => visit(child, each));
}

/** Its operator or `!` is changed anyhow, which is the same. */
function isPlainTest(test: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(test)) return true;
  return ts.isBinaryExpression(test) && /^[!=]==$/.test(test.operatorToken.getText());
}

/** On the left of an assignment, or of one in a loop's head. */
const isPattern = ({ parent, pos }: ts.Node) =>
  ts.isBinaryExpression(parent) && parent.operatorToken.kind === Kind.EqualsToken && parent.left.pos === pos;

/** Whoever calls awaits it, unless errors are caught here. */
const isLastAwait = ({ parent }: ts.Node) =>
  (ts.isArrowFunction(parent) || ts.isReturnStatement(parent)) &&
  ts.findAncestor(parent, ts.isTryStatement) === undefined;

function isExit(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return (
    last !== undefined &&
    (ts.isReturnStatement(last) ||
      ts.isThrowStatement(last) ||
      ts.isContinueStatement(last) ||
      ts.isBreakStatement(last))
  );
}

const isText = (node: ts.Node) =>
  ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);

const isLog = (node: ts.Node) =>
  ts.isCallExpression(node) && /^(?:log|logger|console)\.|\.log\.\w+$/.test(node.expression.getText());
