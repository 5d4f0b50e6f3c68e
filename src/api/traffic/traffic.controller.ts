import { Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { UuidParam } from '../http/uuid-param.js';
import { AskAboutService } from './ask-about-service.js';
import { FlowPageView } from './flow.view.js';
import { FlowsQuery } from './flows.query.js';
import { ListFlows } from './list-flows.js';
import { ProbeView } from './probe.view.js';
import { RouteQuery } from './route.query.js';
import { RouteView } from './route.view.js';
import { StatsView } from './stats.view.js';

/** What goes through a virtual service now, as its directors see it. */
@Controller('/v1/virtual-services/:id')
@ApiTags('Traffic')
@ApiProblems(400, 401, 404, 409, 429, 503, 504)
export class TrafficController {
  constructor(
    @Inject(AskAboutService) private readonly traffic: AskAboutService,
    @Inject(ListFlows) private readonly flows: ListFlows,
  ) {}

  @Get('stats')
  @ApiOperation({
    summary: 'Read how much goes through a virtual service, by director and real server',
    description:
      'Each director reads the counters of its kernel when it is asked, and nothing is counted up elsewhere: they begin ' +
      'anew when a director puts the service in its kernel anew. Rates are the difference to the reading before, when ' +
      'that is at most a minute old, and else to one that is taken for them a second earlier.',
  })
  @ApiOkResponse({ type: StatsView })
  getVirtualServiceStats(@UuidParam('id') id: string): Promise<StatsView> {
    return this.traffic.stats(id);
  }

  @Get('flows')
  @ApiOperation({
    summary: 'List the flows that directors remember of a virtual service',
    description:
      'Director by director. Flows come and go while you page, so a later page is of a later moment; none is shown ' +
      'twice. A director goes through its flows at the least priority and for three seconds at most.',
  })
  @ApiOkResponse({ type: FlowPageView })
  listVirtualServiceFlows(@UuidParam('id') id: string, @Query() query: FlowsQuery): Promise<FlowPageView> {
    return this.flows.page(id, query);
  }

  @Post('probe')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Find out who has the VIP now',
    description:
      'Each director asks its segment who has the VIP, in its own name, and listens for half a second. Nothing is ' +
      'changed. Nobody but directors may answer: a host that does takes connections away from all others.',
  })
  @ApiOkResponse({ type: ProbeView })
  probeVirtualService(@UuidParam('id') id: string): Promise<ProbeView> {
    return this.traffic.probe(id);
  }

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
