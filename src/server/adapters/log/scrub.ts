import { REDACTED } from './printable.ts';

/** Shorter values are words of their own right; to replace them would ruin every line and hide nothing. */
const SHORTEST_SECRET = 6;

/** Keys of WireGuard in the text of a config: 44 characters of base64. */
const WIREGUARD_KEY = /((?:PrivateKey|PresharedKey)\s*=\s*)[A-Za-z0-9+/]{43}=/gi;

/** User ids of VLESS are the only UUIDs of version 8 there are here; whoever knows one can connect. */
const VLESS_ID = /\b[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/gi;
/** The end of a subscription's address. */
const SUBSCRIPTION = /(\/s\/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g;

/**
 * The last net of the log: replaces every known secret in a finished line, as it is, as JSON writes it and as an
 * address writes it, wherever it came from (the address in a foreign error, a connection string).
 */
export function createScrub(secrets: readonly string[]): (line: string) => string {
  const forms = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellings);
  const known = longestFirst(forms).map(escapeForRegExp).join('|');
  const pattern = known === '' ? null : new RegExp(known, 'g');
  return (line) => {
    const scrubbed = pattern === null ? line : line.replaceAll(pattern, REDACTED);
    return scrubbed
      .replaceAll(WIREGUARD_KEY, `$1${REDACTED}`)
      .replaceAll(VLESS_ID, REDACTED)
      .replaceAll(SUBSCRIPTION, `$1${REDACTED}`);
  };
}

function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}

function longestFirst(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted((a, b) => b.length - a.length);
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
