import { failed, type Cause } from '../cause.js';
import { setUpAndAttest } from '../set-up-by-script.js';

export const nobodyHasAttestedTheHost: Cause = {
  code: 'not-attested',
  severity: 'no-traffic',
  title: 'Nobody has attested the host, which has no agent',
  why: 'Without an agent it takes the word of a person that the host holds the VIP silently. Without that it gets no packets.',
  find: (known) => failed(known, 'Attested'),
  fix: (known) =>
    setUpAndAttest(
      'On the host, as root or administrator: get the script, read it, run it and have it verified. Then attest it, by ' +
        'your word alone: nobody else looks whether the host holds the VIP.',
      known,
    ),
};
