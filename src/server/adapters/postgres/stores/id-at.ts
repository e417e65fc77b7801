/** The least UUID v7 of that moment (RFC 9562: the first 48 bits are milliseconds): what is newer lies behind it. */
export function firstIdAt(moment: Date): string {
  const ms = moment.getTime().toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-000000000000`;
}
