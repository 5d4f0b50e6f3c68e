/** A range of ports goes upwards and ends where ports end. */
import type { Rule } from './rule.js';

const LAST_PORT = 65_535;

export const portRangeIsValid: Rule = ({ after: { port, endPort } }) =>
  endPort === null || (endPort >= port && endPort <= LAST_PORT)
    ? []
    : [
        {
          kind: 'invalid',
          code: 'port-range-invalid',
          field: '/endPort',
          message: `The range from ${port} to ${endPort} is no range of ports.`,
          hint: `Set endPort to a port from ${port} to ${LAST_PORT}, or to null for one port.`,
        },
      ];
