/** Files taken into the program as text; Bun embeds them in the compiled binary. */
declare module '*/dashboard.css' {
  const text: string;
  export = text;
}
declare module '*/dashboard.js' {
  const text: string;
  export = text;
}
declare module '*/history.js' {
  const text: string;
  export = text;
}
declare module 'uplot/dist/uPlot.iife.min.js' {
  const text: string;
  export = text;
}
declare module 'uplot/dist/uPlot.min.css' {
  const text: string;
  export = text;
}
