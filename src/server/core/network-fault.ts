import { AppError } from './errors.ts';

/** What is wrong with a network somebody wrote. Each has a sentence in the dashboard's words: `problem-network-…`. */
export type NetworkFault =
  | 'unreadable'
  | 'prefix'
  | 'host-part'
  | 'no-room'
  | 'too-wide'
  | 'family'
  | 'fewer'
  | 'too-many';

/** What the sentence names. Words decline by numbers, so counts stay numbers. */
export type FaultValues = Readonly<Record<string, string | number>>;

/** AppError `invalid` whose fault can be said in any language; `message` is for the log and the terminal. */
export function networkError(fault: NetworkFault, message: string, values: FaultValues = {}): AppError {
  return new AppError('invalid', message, { details: { fault, values } });
}

/** The fault of an error made by `networkError`; of any other `invalid` one: unreadable. Null: not about the network. */
export function networkFaultOf(error: unknown): { fault: NetworkFault; values: FaultValues } | null {
  if (!(error instanceof AppError) || error.code !== 'invalid') return null;
  const { fault, values } = error.details as { fault?: NetworkFault; values?: FaultValues };
  return { fault: fault ?? 'unreadable', values: values ?? {} };
}
