import type { Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

/** Other causes tell of these. */
const HAVE_CAUSES: ReadonlySet<string> = new Set(['RulesUndone', 'InterfaceRemade']);

/** What a director says of itself as a whole. That it cannot take one service is another cause. */
export const aDirectorIsInTrouble: Cause = {
  code: 'director-in-trouble',
  severity: 'wrong-traffic',
  title: 'A director cannot take its documents, or does not hold or announce VIPs',
  why:
    'It forwards as it did before, and nothing of a VIP that it does not hold. Routers that were not told of a VIP go on ' +
    'sending to whoever had it, until they ask anew.',
  find: ({ directors }) => {
    const told = (directors ?? []).flatMap(({ name, troubles }) =>
      troubles
        .filter(({ reason }) => !HAVE_CAUSES.has(reason))
        .map(({ reason, message }) => ({ reason, said: `${name}: ${message}` })),
    );
    if (told.length === 0) return null;
    return {
      seen: told.map(({ said }) => said).join(' '),
      facts: { reasons: [...new Set(told.map(({ reason }) => reason))].join(' ') },
    };
  },
  fix: () =>
    anywhere(
      'director',
      'Do what the message of the director says. It tries again by itself; what it prints tells the rest.',
    ),
};
