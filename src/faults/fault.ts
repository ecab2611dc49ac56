import { CODES, rowOf, type Code } from '../codes';

/** A failure or warning, with what to do about it in a separate field. Reports of other versions may have codes that are not in {@link CODES}. */
export interface Fault {
  /** Stable, UPPER_SNAKE_CASE. */
  code: Code;
  /** What happened, and to what. Up to version 0.2.0 it also included the advice. */
  message: string;
  advice?: string;
}

/** Returns a fault with the table's advice, and with the table's message unless a more specific one is given. */
export function faultFor<C extends Code>(code: C, message: string = CODES[code].means): Fault & { code: C } {
  const { advice } = CODES[code];
  return { code, message, ...(advice !== undefined && { advice }) };
}

/** Returns the advice of a fault, by default the table's; undefined if the message already contains it. */
export function adviceOn({ code, message, advice }: Fault, place?: 'console'): string | undefined {
  const row = rowOf(code);
  const text = (place && row?.adviceInConsole) ?? advice ?? row?.advice;
  return text !== undefined && message.includes(text) ? undefined : text;
}

/** Returns the advice of several faults of one code, without duplicates. */
export function adviceOnAll(faults: readonly Fault[], place?: 'console'): string[] {
  return [...new Set(faults.map((fault) => adviceOn(fault, place)))].filter((text) => text !== undefined);
}

/** Groups faults by code, in the order of their first appearance. */
export function groupByCode<F extends Fault>(faults: readonly F[]): Map<string, F[]> {
  const byCode = new Map<string, F[]>();
  for (const fault of faults) byCode.set(fault.code, [...(byCode.get(fault.code) ?? []), fault]);
  return byCode;
}

/** Joins the message and the fault's own advice into one text. */
export function withAdvice({ message, advice }: { message: string; advice?: string | undefined }): string {
  return advice === undefined ? message : `${message} ${advice}`;
}

/** An error with separate fields for what happened and what to do; its message contains both. */
export class AdvisedError extends Error {
  constructor(
    readonly fact: string,
    readonly advice?: string,
  ) {
    super(withAdvice({ message: fact, advice }));
  }
}

/** An error with a code. Texts that are not given come from the table. All texts are safe to log and to store. */
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
