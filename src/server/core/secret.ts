/** A value that must not be seen by accident: JSON, inspection and text all show `[secret]`. */
export interface Secret {
  /** The value itself. Call it where the value leaves for its one use, not earlier. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

const SHOWN = '[secret]';

/** The value lives in a closure: there is no property that a log or a spread could copy. */
export function createSecret(value: string): Secret {
  return {
    reveal: () => value,
    toString: () => SHOWN,
    toJSON: () => SHOWN,
    // What `console.log` and `util.inspect` of Node and Bun ask for.
    [Symbol.for('nodejs.util.inspect.custom')]: () => SHOWN,
  } as Secret;
}
