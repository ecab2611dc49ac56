import type { Mutant } from './mutants';

declare global {
  /** Id of the mutant that runs; none without. */
  var activeMutant: string | undefined;
}

interface Span {
  start: number;
  end: number;
  isStatement: boolean;
  mutants: Mutant[];
}

/** A file's text with all these mutants in it, of which the one named by `globalThis.activeMutant` runs. */
export function withSwitches(text: string, mutants: readonly Mutant[]): string {
  const spans = new Map<string, Span>();
  for (const mutant of mutants) {
    const { start, end } = mutant.inside;
    const span = spans.get(`${start}-${end}`) ?? { ...mutant.inside, mutants: [] };
    span.mutants.push(mutant);
    spans.set(`${start}-${end}`, span);
  }
  const outerFirst = [...spans.values()].sort((a, b) => a.start - b.start || b.end - a.end);
  return render(text, 0, text.length, outerFirst);
}

function render(text: string, from: number, to: number, spans: readonly Span[]): string {
  let result = '';
  let at = from;
  for (const [n, span] of spans.entries()) {
    if (span.start < at || span.end > to) continue;
    const inner = render(text, span.start, span.end, spans.slice(n + 1));
    result += text.slice(at, span.start) + choice(text, span, inner);
    at = span.end;
  }
  return result + text.slice(at, to);
}

function choice(text: string, { start, end, isStatement, mutants }: Span, original: string): string {
  let result = original;
  for (const { id, start: from, before, after } of mutants) {
    const changed = text.slice(start, from) + after + text.slice(from + before.length, end);
    const isActive = `globalThis.activeMutant === '${id}'`;
    result = isStatement
      ? `{ if (${isActive}) { ${changed} } else ${result} }`
      : `(${isActive} ? ${changed} : ${result})`;
  }
  return result;
}
