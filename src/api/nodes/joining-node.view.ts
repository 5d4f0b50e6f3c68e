import { ApiProperty } from '@nestjs/swagger';
import { NodeView } from './node.view.js';

/** One line for each system, to be run as its administrator. */
export class InstallCommandsView {
  @ApiProperty()
  linux: string;

  @ApiProperty({ description: 'For PowerShell.' })
  windows: string;
}

/** A node with the one secret that lets it join; it is shown this once. */
export class JoiningNodeView extends NodeView {
  @ApiProperty({ description: 'For HOMEWARD_JOIN_TOKEN of the node; works once, and is not shown again.' })
  joinToken: string;

  @ApiProperty({ format: 'date-time' })
  joinTokenExpiresAt: string;

  @ApiProperty({
    type: () => InstallCommandsView,
    nullable: true,
    description:
      'What to run on the host of an agent: it installs, joins, and prints what it proved. Null for a director.',
  })
  installCommands: InstallCommandsView | null;
}
