import { ApiProperty } from '@nestjs/swagger';
import { PageView } from '../http/page.view.js';
import { VirtualServiceView } from './virtual-service.view.js';

/** A page of virtual services, oldest first. */
export class VirtualServicePageView extends PageView {
  @ApiProperty({ type: () => [VirtualServiceView] })
  items: VirtualServiceView[];
}
