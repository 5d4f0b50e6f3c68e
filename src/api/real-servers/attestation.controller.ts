import { Controller, Delete, HttpCode, Inject, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { ApprovalQuery } from '../http/approval.query.js';
import { MadeTogether } from '../http/idempotency/made-together.js';
import { Repeatable } from '../http/idempotency/repeatable.js';
import { IfMatch } from '../http/if-match.js';
import { ChangeTicketHeader, IfMatchHeader } from '../http/request-headers.js';
import { UuidParam } from '../http/uuid-param.js';
import { AttestRealServers } from './attest-real-servers.js';
import { ReadRealServers } from './read-real-servers.js';
import { RealServerView } from './real-server.view.js';

@Controller('/v1/virtual-services/:id/real-servers/:realServerId/attestation')
@ApiTags('Real Servers')
export class AttestationController {
  constructor(
    @Inject(AttestRealServers) private readonly write: AttestRealServers,
    @Inject(ReadRealServers) private readonly servers: ReadRealServers,
  ) {}

  @Put()
  @ApiOperation({
    summary: 'Attest that a host without an agent holds the VIP silently',
    description:
      'Who, when and under which ticket is kept. The real server gets packets once every connected director on its ' +
      'segment has asked who has the VIP and the host did not answer; an answer later takes it out at once. The word ' +
      'stands for this VIP: it ends when the virtual service moves to another address. Given again, it is renewed.',
  })
  @IfMatchHeader()
  @Repeatable()
  @MadeTogether()
  @ChangeTicketHeader()
  @ApiOkResponse({ type: RealServerView })
  @ApiProblems(400, 401, 404, 409, 412, 422, 503)
  async attestRealServer(
    @UuidParam('id') id: string,
    @UuidParam('realServerId') realServerId: string,
    @Query() { approve }: ApprovalQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<RealServerView> {
    await this.write.attest(id, realServerId, { ifMatch, approve });
    return this.servers.one(id, realServerId);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Withdraw an attestation',
    description: 'The real server is drained: established connections go on for `drainSeconds`.',
  })
  @IfMatchHeader()
  @Repeatable()
  @MadeTogether()
  @ChangeTicketHeader()
  @ApiNoContentResponse({ description: 'It is not attested any more.' })
  @ApiProblems(400, 401, 404, 409, 412, 503)
  withdrawAttestation(
    @UuidParam('id') id: string,
    @UuidParam('realServerId') realServerId: string,
    @Query() { approve }: ApprovalQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<void> {
    return this.write.withdraw(id, realServerId, { ifMatch, approve });
  }
}
