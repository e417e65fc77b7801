/** Files that Bun hands over as their text (`with { type: 'text' }`). */
declare module '*.sql' {
  const text: string;
  export default text;
}

/** Files that Bun hands over as a path (`with { type: 'file' }`). */
declare module '*.tar.zst' {
  const path: string;
  export default path;
}
