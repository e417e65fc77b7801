/** What a part of a list's key looks like; anything else is not sent to the database. */
export type KeyShape = 'uuid' | 'moment' | 'whole' | 'text' | 'ip';

const SHAPES: Readonly<Record<KeyShape, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  moment: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
  whole: /^\d{1,16}$/,
  text: /^[^\0]{0,256}$/su,
  ip: /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/,
};

/** Opaque for those who follow it. It holds nothing secret and gives no right: it may be made up. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key, or null for what is no key of this shape. */
export function decodeCursor(text: string, shape: readonly KeyShape[]): readonly string[] | null {
  if (text.length > 2000 || !/^[A-Za-z0-9_-]+$/.test(text)) return null;
  const key = parsed(Buffer.from(text, 'base64url').toString());
  if (!Array.isArray(key) || key.length !== shape.length) return null;
  return key.every((part, index) => fits(part, shape[index]!)) ? key : null;
}

function fits(part: unknown, shape: KeyShape): boolean {
  if (typeof part !== 'string' || !SHAPES[shape].test(part)) return false;
  if (shape === 'ip') return part.split('.').every((each) => Number(each) <= 255);
  // 30 February has the shape of a moment.
  return shape !== 'moment' || !Number.isNaN(Date.parse(part));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const isUuid = (text: string): boolean => SHAPES.uuid.test(text);
