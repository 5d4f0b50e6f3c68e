import type { Cause } from '../cause.js';
import type { Known } from '../known.js';
import { anywhere } from '../remedies.js';

const faultyDirectors = ({ directors }: Known) =>
  (directors ?? []).flatMap(({ name, fault }) => (fault === null ? [] : [{ name, ...fault }]));

export const aDirectorHasAFaultForTheService: Cause = {
  code: 'director-fault',
  severity: 'no-traffic',
  title: 'A director could not put the service in force',
  why: 'That director goes on with what it had before of this service, which may be nothing.',
  find: (known) => {
    const faulty = faultyDirectors(known);
    if (faulty.length === 0) return null;
    return {
      seen: faulty.map(({ name, message }) => `${name}: ${message}`).join(' '),
      facts: { reasons: [...new Set(faulty.map(({ reason }) => reason))].join(' ') },
    };
  },
  fix: () =>
    anywhere(
      'director',
      'Do what the message of the director says. It tries again with the next change, and when it is started anew.',
    ),
};
