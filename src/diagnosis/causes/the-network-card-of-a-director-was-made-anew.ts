import { troublesFor, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const theNetworkCardOfADirectorWasMadeAnew: Cause = {
  code: 'director-interface-remade',
  severity: 'no-traffic',
  title: 'A network card of a director is gone, or was made anew',
  why:
    'Rules hold the number that the kernel gave the card, and VIPs go with it. The director puts both on the new one as soon ' +
    'as that has its addresses.',
  find: (known) => troublesFor(known, 'InterfaceRemade'),
  fix: () =>
    anywhere(
      'director',
      'See that the card is there under its name, up, and with the addresses of the segment.',
      'ip -brief address',
      'dmesg | tail -n 30',
    ),
};
