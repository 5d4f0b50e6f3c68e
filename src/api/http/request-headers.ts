import { ApiHeader } from '@nestjs/swagger';

/** Documents the precondition of a write; `requireMatch` checks it. */
export const IfMatchHeader = () =>
  ApiHeader({
    name: 'If-Match',
    description:
      'ETag that was read; another revision by now answers 412. What nodes have reported since does not count.',
    required: false,
    schema: { type: 'string', maxLength: 1_024 },
  });

/** Documents the ticket of a write; the request context reads it. */
export const ChangeTicketHeader = () =>
  ApiHeader({
    name: 'X-Change-Ticket',
    description: 'Ticket that this change belongs to; kept in the history.',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[ -~]{1,128}$' },
  });
