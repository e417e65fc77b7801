/** Files that Bun hands over as their text (`with { type: 'text' }`). */
declare module '*.sql' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: such an import has nothing but a default.
  export default text;
}

/** Files that Bun hands over as a path (`with { type: 'file' }`). */
declare module '*.tar.zst' {
  const path: string;
  // biome-ignore lint/style/noDefaultExport: such an import has nothing but a default.
  export default path;
}
