/** What the shell gets: 0 well, 1 failed, 2 wrong usage or configuration; 3, of `reconcile` alone: there is drift. */
export type ExitCode = 0 | 1 | 2 | 3;
