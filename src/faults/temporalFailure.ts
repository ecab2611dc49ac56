import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import * as z from 'zod/mini';
import type { Code } from '../codes';
import type { Fault } from './fault';

/** Characters of a reason why a run ended; a longer one is cut. */
export const MAX_REASON = 4_000;

const TEXT = z.string().check(z.maxLength(MAX_REASON));
const DETAILS = z.looseObject({ message: TEXT, advice: z.optional(TEXT) });

interface Failed {
  code: Code;
  /** Fact and advice as one text. */
  message: string;
  fact: string;
  advice?: string | undefined;
  retryable: boolean;
  /** When it may be tried again, milliseconds from now. */
  retryAfterMs?: number | undefined;
}

/** An error on its way through Temporal: the message is what people see there, the details keep fact and advice apart. */
export function failureOf(error: Failed): ApplicationFailure {
  const { code, message, fact, advice, retryable, retryAfterMs } = error;
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: !retryable,
    details: [{ message: fact, ...(advice !== undefined && { advice }) }],
    ...(retryAfterMs !== undefined && {
      nextRetryDelay: Math.ceil(retryAfterMs),
      category: ApplicationFailureCategory.BENIGN,
    }),
  });
}

/** What a failure says; one of version 0.2.0, or of whoever completes an activity by itself, has a message alone. */
export function faultOf({ type, message, details }: ApplicationFailure): Fault {
  const { data } = z.safeParse(DETAILS, details?.[0]);
  const code = (type ?? 'INTERNAL') as Code;
  if (!data) return { code, message: message.slice(0, MAX_REASON) };
  return { code, message: data.message, ...(data.advice !== undefined && { advice: data.advice }) };
}
