import { SetMetadata } from '@nestjs/common';

export type Access = 'public' | 'nodes' | 'operators';

export const ACCESS_KEY = 'homeward:access';

/** The route needs no credential: probes, and what a node calls before it has one. */
export const Public = () => SetMetadata(ACCESS_KEY, 'public' satisfies Access);

/** The route is for nodes, with their own credential; operator tokens do not open it. */
export const ForNodes = () => SetMetadata(ACCESS_KEY, 'nodes' satisfies Access);
