import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader } from '@nestjs/swagger';
import { DeletionView } from './deletion.view.js';

/** What the answer to a write shows; it is read anew once the wait is over. */
export type Shown = 'virtual-service' | 'real-server' | 'real-servers' | 'nothing';

export const WAITABLE_KEY = 'homeward:waitable';

const NOT_YET_GONE =
  'With `Prefer: wait`: it is gone, and the nodes named have not confirmed that in time. They will, without another request.';

/** The write of a virtual service, or of its real servers, takes `Prefer: wait`; WaitInterceptor waits. */
export const Waitable = (shown: Shown) =>
  applyDecorators(
    SetMetadata(WAITABLE_KEY, shown),
    ApiHeader({
      name: 'Prefer',
      description:
        '`wait=<seconds>`, 1 to 60 (RFC 7240): the change is committed, and the answer comes when all nodes have it in force, or ' +
        'else after that time with `missing`. `Preference-Applied` says how long it was prepared to wait; without that header nobody waited. Such as `wait=30`.',
      required: false,
      schema: { type: 'string', maxLength: 1_024 },
    }),
    ...(shown === 'nothing' ? [ApiAcceptedResponse({ type: DeletionView, description: NOT_YET_GONE })] : []),
  );
