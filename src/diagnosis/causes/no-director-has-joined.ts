import type { Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const noDirectorHasJoined: Cause = {
  code: 'no-director',
  severity: 'no-traffic',
  title: 'No director has joined',
  why: 'Packets for the VIP arrive at a director, and none is there to take them.',
  find: ({ directors }) => (directors?.length === 0 ? { seen: 'No director has joined.' } : null),
  fix: () =>
    anywhere(
      'director',
      'Make a join token for a director (POST /v1/nodes with role director), and start `homeward engine` with it on that host.',
    ),
};
