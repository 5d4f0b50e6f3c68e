/**
 * Decides whether more has gone from a host than may go without anybody's word: more than half of its VIPs, be it one of
 * one. That is what an empty, truncated or restored database looks like from here; and a host that lets go of its VIPs
 * on the strength of it serves nobody. Pure.
 */

/** `unapproved`: how many of `all` VIPs are gone or would go of which nobody says by whose change they shall. */
export function isMassRelease(unapproved: number, all: number): boolean {
  return 2 * unapproved > all;
}

/** What to do about it. `all`: VIPs that the host has, and those that went without a word. */
export function massReleaseMessage(unapproved: number, all: number): string {
  return (
    `${unapproved} of the ${all} VIPs of this host would then be gone, and no operator's change is known by which they shall; was the database emptied, or an older one restored? ` +
    'Those that are here stay. Restore the data and they are in force again. Where they shall go all the same, run `homeward agent approve-release` on this host, with the VIPs or with --all: within two minutes it then takes what the control plane says.'
  );
}
