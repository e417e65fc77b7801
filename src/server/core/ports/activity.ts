/**
 * What the program begins, so that a loop that stands still can be told with what it was doing. Cheap enough for every
 * job, update and call.
 */
export interface Activity {
  /**
   * `kind` and `name` are from short fixed lists (a job's kind, a route's pattern, the name of a call): never an
   * address, an id or a secret, for they are written to the log.
   */
  began(kind: ActivityKind, name: string): void;
}

export type ActivityKind = 'job' | 'update' | 'http' | 'schedule' | 'loop' | 'call' | 'process';

/** Something that began, and how long before. Not everything that began is still under way. */
export interface Begun {
  /** Kind and name: `job apply-peer`. */
  readonly what: string;
  readonly agoMs: number;
}
