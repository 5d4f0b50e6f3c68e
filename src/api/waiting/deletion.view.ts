import { ApiProperty } from '@nestjs/swagger';
import { MISSING, type MissingNodeView } from './missing-node.view.js';

/** Of something that is deleted, and not yet everywhere. */
export class DeletionView {
  @ApiProperty(MISSING)
  missing: MissingNodeView[];
}
