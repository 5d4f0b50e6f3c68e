import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { FINDING, ListParameters } from '../finding/list-parameters.js';
import type { ListQuery } from '../finding/list-query.js';
import { sparse } from '../finding/sparse.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { HostName } from '../http/host-name.js';
import { Repeatable } from '../http/idempotency/repeatable.js';
import { IfMatch } from '../http/if-match.js';
import { ChangeTicketHeader, IfMatchHeader } from '../http/request-headers.js';
import { UuidParam } from '../http/uuid-param.js';
import { installCommands } from './install-commands.js';
import { CreateNodeDto } from './node.dto.js';
import { JoiningNodeView } from './joining-node.view.js';
import { NodePageView, NodeView } from './node.view.js';
import { CREATE_EXAMPLES } from './node.examples.js';
import { NODES } from './node.listing.js';
import { DeleteNodeQuery } from './nodes.query.js';
import { PublicUrl } from './public-url.js';
import { ReadNodes } from './read-nodes.js';
import { WriteNodes, type Joining } from './write-nodes.js';

@Controller('/v1/nodes')
@ApiTags('Nodes')
@ApiProblems(400, 401, 503)
export class NodesController {
  constructor(
    @Inject(ReadNodes) private readonly nodes: ReadNodes,
    @Inject(WriteNodes) private readonly write: WriteNodes,
    @Inject(PublicUrl) private readonly publicUrl: PublicUrl,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List directors and agents, by name', description: FINDING })
  @ConditionalRead()
  @ApiOkResponse({ type: NodePageView })
  async listNodes(@ListParameters(NODES.listing) query: ListQuery): Promise<NodePageView> {
    const page = await this.nodes.page(query);
    const views = page.items.map((node) => NodeView.of(node));
    return { ...page, items: sparse(views, query.fields) };
  }

  @Post()
  @ApiOperation({
    summary: 'Make a node known, and get the token that it joins with',
    description: 'The token works once, for this role and on a host with these addresses, within 15 minutes.',
  })
  @Repeatable()
  @ChangeTicketHeader()
  @ApiBody({ type: CreateNodeDto, examples: CREATE_EXAMPLES })
  @ApiCreatedResponse({ type: JoiningNodeView })
  @ApiProblems(409, 413, 415)
  async createNode(
    @Body() dto: CreateNodeDto,
    @Res({ passthrough: true }) response: Response,
    @HostName() host?: string,
  ): Promise<JoiningNodeView> {
    const made = await this.write.create(dto);
    response.setHeader('Location', `/v1/nodes/${made.id}`);
    return this.joining(made, host);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Read a node',
    description: 'What it is, whether it is connected, and what it has reported of its host.',
  })
  @ConditionalRead()
  @ApiOkResponse({ type: NodeView })
  @ApiProblems(404)
  async getNode(@UuidParam('id') id: string): Promise<NodeView> {
    return NodeView.of(await this.nodes.one(id));
  }

  @Post(':id/join-token')
  @ApiOperation({
    summary: 'Make a new join token for a node that has to join again',
    description:
      'A token that was made before ends with it. The credential of the node goes on until it joins anew.',
  })
  @IfMatchHeader()
  @Repeatable()
  @ChangeTicketHeader()
  @ApiCreatedResponse({ type: JoiningNodeView })
  @ApiProblems(404, 412)
  async renewJoinToken(
    @UuidParam('id') id: string,
    @HostName() host?: string,
    @IfMatch() ifMatch?: string,
  ): Promise<JoiningNodeView> {
    return this.joining(await this.write.renewJoinToken(id, ifMatch), host);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Forget a node; its credential stops working',
    description:
      'An agent whose address is a real server cannot be forgotten: remove the real server first. Nor can one whose ' +
      'host still holds VIPs; it lets go of them by itself once no director sends packets there any more.',
  })
  @IfMatchHeader()
  @Repeatable()
  @ChangeTicketHeader()
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems(404, 409, 412)
  deleteNode(
    @UuidParam('id') id: string,
    @Query() query: DeleteNodeQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<void> {
    return this.write.remove(id, query.force === true, ifMatch);
  }

  private async joining({ id, joinToken }: Joining, host: string | undefined): Promise<JoiningNodeView> {
    const view = NodeView.of(await this.nodes.one(id));
    const { token, expiresAt } = joinToken;
    const url = view.role === 'agent' ? this.publicUrl.for(host) : null;
    return {
      ...view,
      joinToken: token,
      joinTokenExpiresAt: expiresAt.toISOString(),
      installCommands: url === null ? null : installCommands(url, token),
    };
  }
}
