import { ApiProperty } from '@nestjs/swagger';
import { PageView } from '../http/page.view.js';
import { RealServerView } from './real-server.view.js';

/** A page of real servers, oldest first. */
export class RealServerPageView extends PageView {
  @ApiProperty({ type: () => [RealServerView] })
  items: RealServerView[];
}
