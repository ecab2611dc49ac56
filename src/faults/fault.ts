import { CODES, rowOf, type Code } from '../codes';

/** What went wrong, and apart from it what to do. Reports of other versions may have codes that this one does not know. */
export interface Fault {
  /** Stable, UPPER_SNAKE_CASE. */
  code: Code;
  /** What happened, to what. Up to 0.2.0 it also said what to do. */
  message: string;
  advice?: string;
}

/** A fault that says what the table says, but for what is known better. */
export function faultFor(code: Code, message: string = CODES[code].means): Fault {
  const { advice } = CODES[code];
  return { code, message, ...(advice !== undefined && { advice }) };
}

/** What to do about a fault: what it says itself, else the table; undefined where its message says it already. */
export function adviceOn({ code, message, advice }: Fault, place?: 'console'): string | undefined {
  const row = rowOf(code);
  const text = (place && row?.adviceInConsole) ?? advice ?? row?.advice;
  return text !== undefined && message.includes(text) ? undefined : text;
}

/** What to do about faults of one code, each text once. */
export function adviceOnAll(faults: readonly Fault[], place?: 'console'): string[] {
  return [...new Set(faults.map((fault) => adviceOn(fault, place)))].filter((text) => text !== undefined);
}

/** A fault as one text: what happened, then what it says itself to do. */
export function told({ message, advice }: { message: string; advice?: string | undefined }): string {
  return advice === undefined ? message : `${message} ${advice}`;
}

/** An error that keeps what to do apart from what happened; its message is both. */
export class AdvisedError extends Error {
  constructor(
    readonly fact: string,
    readonly advice?: string,
  ) {
    super(told({ message: fact, advice }));
  }
}

/** An error of a code; what it does not say itself the table says. Its texts are safe to log and to keep. */
export class CodedError extends AdvisedError {
  /** True if the same work may succeed later. */
  readonly retryable: boolean;

  constructor(
    readonly code: Code,
    fact: string = CODES[code].means,
    { advice = CODES[code].advice, retryable = CODES[code].retried }: FaultOptions = {},
  ) {
    super(fact, advice);
    this.retryable = retryable;
  }
}

export interface FaultOptions {
  advice?: string | undefined;
  retryable?: boolean | undefined;
}
