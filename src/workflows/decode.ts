import { defaultPayloadConverter, type RawValue, rawValueTypeInfo, type TypeInfo } from '@temporalio/common';
import { defineWorkflowOptions } from '@temporalio/workflow';
import { safeParse, type ZodMiniType } from 'zod/mini';
import { CodedError } from '../faults/fault';
import { failureOf } from '../faults/temporalFailure';

/**
 * Leaves the inputs of a workflow undecoded. The SDK decodes them before any code of the workflow runs, so one that
 * cannot be decoded would fail its workflow task forever.
 */
export function takesRawInputs(workflow: (...inputs: RawValue[]) => Promise<unknown>): void {
  defineWorkflowOptions(workflow, {
    staticOptions: { typeInfo: { inputTypes: ALL_RAW } },
  });
}

/** Whatever number of inputs there is: one that the workflow does not take would be decoded too. */
const ALL_RAW = new Proxy<TypeInfo[]>([], { get: () => rawValueTypeInfo });

/**
 * The value of an input; undefined when it was not given.
 *
 * @throws ApplicationFailure `INVALID_INPUT` when it cannot be decoded.
 */
export function decoded<T>(input: RawValue<T> | undefined): T | undefined {
  if (input === undefined) return undefined;
  try {
    return defaultPayloadConverter.fromPayload<T>(input.payload);
  } catch {
    const advice = 'Send JSON, such as {"domain": "acme.okta.com", "mode": "full"}.';
    throw failureOf(new CodedError('INVALID_INPUT', 'An input of the sync cannot be decoded.', { advice }));
  }
}

/** The options of a signal whose input is left undecoded, for the same reason. */
export const RAW_SIGNAL = { typeInfo: { inputTypes: [rawValueTypeInfo] } };

/** The value of a signal's input; undefined when it cannot be decoded or is not of that shape: anybody may signal. */
export function valid<T>(schema: ZodMiniType<T>, input: RawValue | undefined): T | undefined {
  try {
    return safeParse(schema, decoded(input)).data;
  } catch {
    return undefined;
  }
}
