import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import * as z from 'zod/mini';
import type { Code } from '../codes';
import type { Fault } from './fault';

/** Maximum length, in characters, of the reason why a run ended; a longer one is truncated. */
export const MAX_REASON = 4_000;

const TEXT = z.string().check(z.maxLength(MAX_REASON));
const DETAILS = z.looseObject({ message: TEXT, advice: z.optional(TEXT) });

/** In the details of a failure that is to be announced. */
export const NOTIFIES = { notifies: true } as const;

interface Failed {
  code: Code;
  /** Fact and advice as one text. */
  message: string;
  fact: string;
  advice?: string | undefined;
  retryable: boolean;
  /** Milliseconds to wait before the next attempt. */
  retryAfterMs?: number | undefined;
}

/** Converts an error to a Temporal failure. The Temporal UI shows the message; the details have fact and advice separately. */
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

/** Converts a Temporal failure to a fault. Failures of version 0.2.0, and of activities completed manually, have only a message. */
export function faultOf({ type, message, details }: ApplicationFailure): Fault {
  const { data } = z.safeParse(DETAILS, details?.[0]);
  const code = (type ?? 'INTERNAL') as Code;
  if (!data) return { code, message: message.slice(0, MAX_REASON) };
  return { code, message: data.message, ...(data.advice !== undefined && { advice: data.advice }) };
}

/** Returns true if a failure says that it is to be announced. */
export function isToAnnounce({ details }: ApplicationFailure): boolean {
  return z.safeParse(z.looseObject({ notifies: z.literal(true) }), details?.[0]).success;
}
