import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { UuidParam } from '../http/uuid-param.js';
import { DiagnoseRealServer } from './diagnose-real-server.js';
import { DiagnosisView } from './diagnosis.view.js';

@Controller('/v1/virtual-services/:id/real-servers/:realServerId/diagnosis')
@ApiTags('Real Servers')
@ApiProblems(400, 401, 404, 503)
export class DiagnosisController {
  constructor(@Inject(DiagnoseRealServer) private readonly diagnosis: DiagnoseRealServer) {}

  @Get()
  @ApiOperation({
    summary: 'Find out why traffic would not flow through a real server, or would flow wrongly',
    description:
      'Judges what operators want and what the nodes reported, and asks no node. The most likely cause comes first, each ' +
      'with what was seen, why it matters, and what to do. On the host itself, `homeward agent doctor` looks closer.',
  })
  @ApiOkResponse({ type: DiagnosisView })
  getDiagnosis(
    @UuidParam('id') id: string,
    @UuidParam('realServerId') realServerId: string,
  ): Promise<DiagnosisView> {
    return this.diagnosis.one(id, realServerId);
  }
}
