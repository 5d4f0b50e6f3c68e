/** What a script for people is for: to set a host up, to look whether it is set up, or to leave it as it was. */
export type SetupPart = 'apply' | 'verify' | 'undo';

export const SETUP_PARTS: readonly SetupPart[] = ['apply', 'verify', 'undo'];
