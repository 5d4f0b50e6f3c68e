import type { Cause } from '../cause.js';
import type { Known } from '../known.js';
import { anywhere } from '../remedies.js';

/** One that is away is another cause, and one with a fault too. */
const behind = ({ directors }: Known) =>
  (directors ?? []).filter(({ connected, confirmed, fault }) => connected && !confirmed && fault === null);

export const theDirectorsLagBehind: Cause = {
  code: 'directors-behind',
  severity: 'no-traffic',
  title: 'A director has not confirmed the newest state of the service',
  why: 'Until then it forwards as before. Usually that takes a fraction of a second.',
  find: (known) => {
    const names = behind(known).map(({ name }) => name);
    return names.length === 0 ? null : { seen: `Not confirmed yet by ${names.join(', ')}.` };
  },
  fix: () =>
    anywhere(
      'director',
      'Wait a few seconds. If it stays so, see what `homeward engine` says on that director.',
    ),
};
