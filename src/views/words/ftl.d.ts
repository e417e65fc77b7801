/** Files that Bun hands over as their text (`with { type: 'text' }`). */
declare module '*.ftl' {
  const text: string;

  export { text as default };
}
