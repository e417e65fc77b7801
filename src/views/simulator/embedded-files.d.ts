/** Files taken into the program as text; Bun embeds them in the compiled binary. */
declare module '*/chat.css' {
  const text: string;
  export = text;
}
declare module '*/chat-client.js' {
  const text: string;
  export = text;
}
declare module '*/icon.svg' {
  const text: string;
  export = text;
}
declare module 'htmx.org/dist/htmx.min.js' {
  const text: string;
  export = text;
}
declare module 'htmx.org/dist/ext/hx-sse.min.js' {
  const text: string;
  export = text;
}
