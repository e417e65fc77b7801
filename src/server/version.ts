/** What this program is. build.sh writes both into the binary; a run from the sources says so instead. */
export interface ProgramVersion {
  readonly version: string;
  /** Twelve digits of the git commit, `-changed` when files differed from it. */
  readonly commit: string;
}

declare const ADIT_VERSION: string;
declare const ADIT_COMMIT: string;

export const programVersion: ProgramVersion = {
  version: typeof ADIT_VERSION === 'string' ? ADIT_VERSION : 'from-source',
  commit: typeof ADIT_COMMIT === 'string' ? ADIT_COMMIT : 'unknown',
};
