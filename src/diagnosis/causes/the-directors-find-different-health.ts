import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

const WORDS =
  'See what is different on the way from the director that gets no answer: segment, switch, ports, ' +
  'neighbours.';

export const theDirectorsFindDifferentHealth: Cause = {
  code: 'directors-differ-about-health',
  severity: 'wrong-traffic',
  title: 'The real server answers some directors on the VIP, and others not',
  why:
    'Those that it does not answer send it nothing. If one of them has the VIP, the server stands idle; ' +
    'and their way to it is broken.',
  find: (known) => failed(known, 'HealthViaVip', ['DirectorsDiffer']),
  fix: () => anywhere('director', WORDS),
};
