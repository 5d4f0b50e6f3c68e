import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../http/api-problems.js';
import { UuidParam } from '../http/uuid-param.js';
import { MakeSetupScript } from './make-setup-script.js';
import { SetupQuery } from './setup.query.js';

@Controller('/v1/virtual-services/:id/real-servers/:realServerId/setup')
@ApiTags('Real Servers')
@ApiProblems(400, 401, 404, 422, 503)
export class SetupController {
  constructor(@Inject(MakeSetupScript) private readonly scripts: MakeSetupScript) {}

  @Get()
  @ApiOperation({
    summary: 'Read the script that sets up a host without an agent',
    description:
      'For a real server with `managed` false. It is made to be read: a POSIX shell script for Linux, PowerShell for ' +
      'Windows, with the same steps, order and values as the agent has. Run it from a file, as root or as ' +
      'administrator; then verify, and then attest the real server.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  async getRealServerSetup(
    @UuidParam('id') id: string,
    @UuidParam('realServerId') realServerId: string,
    @Query() query: SetupQuery,
    @Res() response: Response,
  ): Promise<void> {
    response.type('text/plain').send(await this.scripts.make(id, realServerId, query));
  }
}
