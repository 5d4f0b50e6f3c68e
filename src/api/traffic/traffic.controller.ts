import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { UuidParam } from '../http/uuid-param.js';
import { AskAboutService } from './ask-about-service.js';
import { RouteQuery } from './route.query.js';
import { RouteView } from './route.view.js';

/** What goes through a virtual service now, as its directors see it. */
@Controller('/v1/virtual-services/:id')
@ApiTags('Traffic')
@ApiProblems(400, 401, 404, 409, 429, 503, 504)
export class TrafficController {
  constructor(@Inject(AskAboutService) private readonly traffic: AskAboutService) {}

  @Get('route')
  @ApiProblems(422)
  @ApiOperation({
    summary: 'Find out which real server a client would be sent to now, and why',
    description:
      'Each director looks this very address and port up in its kernel: a flow that is remembered decides first, and ' +
      'else the slot that they hash to. Looking changes nothing: no flow is made, none lives longer for it.',
  })
  @ApiOkResponse({ type: RouteView })
  getVirtualServiceRoute(@UuidParam('id') id: string, @Query() query: RouteQuery): Promise<RouteView> {
    return this.traffic.route(id, query);
  }
}
