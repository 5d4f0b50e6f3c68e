import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { engineAbilities } from '../../compiler/engine-abilities.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { connectedCapabilities } from '../store/connected-capabilities.js';
import { CapabilitiesView } from './capabilities.view.js';

@Controller('/v1/capabilities')
@ApiTags('Capabilities')
@ApiProblems(400, 401, 503)
export class CapabilitiesController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Get()
  @ApiOperation({
    summary: 'Read what the connected engines can enforce',
    description:
      'An option that is in none of these lists is refused with `not-enforceable`. ' +
      'As long as no director has joined, this is what the built-in nftables driver can do.',
  })
  @ConditionalRead()
  @ApiOkResponse({ type: CapabilitiesView })
  async getCapabilities(): Promise<CapabilitiesView> {
    const connected = await connectedCapabilities(this.dataSource.manager);
    return CapabilitiesView.of(engineAbilities(connected), connected.length);
  }
}
