import { ApiProperty } from '@nestjs/swagger';
import type { Attestation } from '../../domain/attestation.js';

/** Who has said of a host without an agent that it holds the VIP silently. */
export class AttestationView {
  @ApiProperty({ example: 'admin', description: 'Name of the token that it was given with.' })
  actor: string;

  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'CHG0042',
    description: 'X-Change-Ticket of the request.',
  })
  ticket: string | null;

  static of({ actor, at, ticket }: Attestation): AttestationView {
    return { actor, at: at.toISOString(), ticket };
  }
}
