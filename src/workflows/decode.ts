import { defaultPayloadConverter, type RawValue, rawValueTypeInfo, type TypeInfo } from '@temporalio/common';
import { defineWorkflowOptions } from '@temporalio/workflow';
import { safeParse, type ZodMiniType } from 'zod/mini';
import { CodedError } from '../faults/fault';
import { failureOf } from '../faults/temporalFailure';

/**
 * Keeps a workflow's inputs undecoded. The SDK decodes them before any workflow code runs, so one that cannot be
 * decoded would fail its workflow task forever.
 */
export function takesRawInputs(workflow: (...inputs: RawValue[]) => Promise<unknown>): void {
  defineWorkflowOptions(workflow, {
    staticOptions: { typeInfo: { inputTypes: ALL_RAW } },
  });
}

/** Covers any number of inputs: extra ones would otherwise be decoded too. */
const ALL_RAW = new Proxy<TypeInfo[]>([], { get: () => rawValueTypeInfo });

/**
 * Decodes an input; returns undefined if it was not given.
 *
 * @throws ApplicationFailure `INVALID_INPUT` if it cannot be decoded.
 */
export function decoded<T>(input: RawValue<T> | undefined): T | undefined {
  if (input === undefined) return undefined;
  try {
    return defaultPayloadConverter.fromPayload<T>(input.payload);
  } catch {
    const advice = 'Send JSON, such as {"domain": "acme.okta.com", "mode": "full"}.';
    throw failureOf(new CodedError('INVALID_INPUT', 'An input of the run cannot be decoded.', { advice }));
  }
}

/** Options of a signal that keep its input undecoded, for the same reason. */
export const RAW_SIGNAL = { typeInfo: { inputTypes: [rawValueTypeInfo] } };

/**
 * Decodes a signal's input; returns undefined if it cannot be decoded or does not match the schema, since anybody may
 * send signals.
 */
export function valid<T>(schema: ZodMiniType<T>, input: RawValue | undefined): T | undefined {
  try {
    return safeParse(schema, decoded(input)).data;
  } catch {
    return undefined;
  }
}
