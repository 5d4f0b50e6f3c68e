import { Body, Controller, Get, Inject, Put, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AppliedView } from '../changes/applied.view.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { Repeatable } from '../http/idempotency/repeatable.js';
import { IfMatch } from '../http/if-match.js';
import { ChangeTicketHeader, IfMatchHeader } from '../http/request-headers.js';
import { BodyLimit, BodyMayBeYaml } from '../http/strict-json-body.js';
import { WaitInterceptor } from '../waiting/wait.interceptor.js';
import { Waitable } from '../waiting/waitable.js';
import { ApplyConfiguration } from './apply-configuration.js';
import { CONFIGURATION_BYTES, CONFIGURATION_YAML_BYTES } from './configuration-limits.js';
import type { Scope } from './configuration-scope.js';
import { APPLY_EXAMPLES } from './configuration.examples.js';
import { ConfigurationDto } from './configuration.dto.js';
import { ApplyQuery, ExportQuery } from './configuration.query.js';
import { ExportConfiguration } from './export-configuration.js';
import { ScopeParameters, ScopeTags } from './scope-tags.js';

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const SCHEMA = { schema: { $ref: getSchemaPath(ConfigurationDto) } };

@Controller('/v1/configuration')
@ApiTags('Configuration')
@ApiProblems(400, 401, 503)
@UseInterceptors(WaitInterceptor)
export class ConfigurationController {
  constructor(
    @Inject(ExportConfiguration) private readonly exporting: ExportConfiguration,
    @Inject(ApplyConfiguration) private readonly applying: ApplyConfiguration,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Export all virtual services with their real servers, as JSON or YAML',
    description:
      'Made to be kept in git: services by address, protocol and port, real servers by address, and of each what differs ' +
      'from its defaults; no ids, times or revisions. `Accept: application/yaml` asks for YAML. Nodes and attestations are ' +
      'no part of it. With `revision` it is as it was then.',
  })
  @ConditionalRead()
  @ScopeParameters()
  @ApiOkResponse({
    description: 'The configuration.',
    content: { [JSON_TYPE]: SCHEMA, [YAML_TYPE]: SCHEMA },
  })
  @ApiProblems(404)
  async getConfiguration(
    @Query() { revision }: ExportQuery,
    @ScopeTags() scope: Scope,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const format = request.accepts([JSON_TYPE, YAML_TYPE]) === YAML_TYPE ? 'yaml' : 'json';
    const { text, entityTag } = await this.exporting.export(format, scope, revision);
    response
      .set({ ETag: entityTag, Vary: 'Accept', 'Cache-Control': 'private, no-cache' })
      .type(format === 'yaml' ? YAML_TYPE : JSON_TYPE)
      .send(text);
  }

  @Put()
  @BodyLimit(CONFIGURATION_BYTES)
  @BodyMayBeYaml(CONFIGURATION_YAML_BYTES)
  @ApiOperation({
    summary: 'Apply a configuration: make of the virtual services what it says',
    description:
      'One revision, all or none, and of the difference alone: a service that stays the same keeps its revision, and with ' +
      'its real servers its ids and flows. A service is known by its address, protocol and first port; one that is not ' +
      'named is deleted, a real server by its address. With tags in the query, all of it is about the services with these ' +
      'tags, and all that are sent must have them. `errors` point into what was sent, such as `/virtualServices/3/port`. ' +
      'As `If-Match` it takes the ETag of an export with the same tags.',
  })
  @IfMatchHeader()
  @Repeatable()
  @Waitable('changes')
  @ChangeTicketHeader()
  @ScopeParameters()
  @ApiConsumes(JSON_TYPE, YAML_TYPE)
  @ApiBody({ type: ConfigurationDto, examples: APPLY_EXAMPLES })
  @ApiOkResponse({ type: AppliedView })
  @ApiProblems(409, 412, 413, 415, 422)
  applyConfiguration(
    @Body() body: Record<string, unknown>,
    @Query() { approve }: ApplyQuery,
    @ScopeTags() scope: Scope,
    @IfMatch() ifMatch?: string,
  ): Promise<AppliedView> {
    return this.applying.apply(body, scope, { ifMatch, approve });
  }
}
