import type { Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const everyDirectorIsAway: Cause = {
  code: 'directors-away',
  severity: 'no-traffic',
  title: 'No director is connected',
  why:
    'A director that is cut off forwards as it did before; one that is down forwards nothing. From here the two look ' +
    'alike, and no change reaches either.',
  find: ({ directors }) => {
    if (directors === null || directors.length === 0 || directors.some(({ connected }) => connected))
      return null;
    return { seen: `Not heard for a while: ${directors.map(({ name }) => name).join(', ')}.` };
  },
  fix: () =>
    anywhere(
      'director',
      'See on the directors whether they are up, whether `homeward engine` runs there, and whether it reaches the API.',
    ),
};
