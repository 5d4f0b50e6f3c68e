import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { decodeJoinRequest } from '../../contract/decode-report.js';
import { JOIN_PATH, type JoinAnswer } from '../../contract/join.js';
import { Public } from '../http/access.js';
import { invalidRequest, violation } from '../http/invalid-request.js';
import { JoinNode } from './join-node.js';

/** Where a node trades its join token for a credential; public, for the token is all that it has. */
@Controller()
@ApiExcludeController()
export class JoinController {
  constructor(@Inject(JoinNode) private readonly joinNode: JoinNode) {}

  @Post(JOIN_PATH)
  @Public()
  @HttpCode(200)
  async join(@Body() body: object): Promise<JoinAnswer> {
    const request = decodeJoinRequest(body);
    if (request.ok) return this.joinNode.join(request.value);
    throw invalidRequest(
      violation(
        'request-malformed',
        '',
        `This is no request to join: ${request.problem}.`,
        'Upgrade the node or the API.',
      ),
    );
  }
}
