import type { Cause } from '../cause.js';
import type { Known } from '../known.js';
import { anywhere } from '../remedies.js';

/** Where all of them are, that is another cause. */
function awayNames({ directors }: Known): readonly string[] {
  const away = (directors ?? []).filter(({ connected }) => !connected);
  return away.length === directors?.length ? [] : away.map(({ name }) => name);
}

export const aDirectorIsAway: Cause = {
  code: 'director-away',
  severity: 'at-risk',
  title: 'One of the directors is away',
  why: 'It forwards from its last known good, if it is up at all, and no change reaches it.',
  find: (known) => {
    const names = awayNames(known);
    return names.length === 0 ? null : { seen: `Not heard for a while: ${names.join(', ')}.` };
  },
  fix: () =>
    anywhere(
      'director',
      'See whether that director is up, whether `homeward engine` runs there, and whether it reaches the API. If it is gone for good, delete its node.',
    ),
};
