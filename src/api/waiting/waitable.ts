import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader } from '@nestjs/swagger';
import { DeletionView } from './deletion.view.js';

/** What an answer shows, of one virtual service; it is read anew once the wait is over. */
export type ShownOfService =
  'virtual-service' | 'real-server' | 'real-servers' | 'real-servers-in-bulk' | 'nothing';

/** What an answer shows that is about all of a revision: a write that has made one, or how far one is. */
export type ShownOfRevision = 'virtual-services-in-bulk' | 'changes' | 'progress';

export type Shown = ShownOfService | ShownOfRevision;

const OF_REVISION: ReadonlySet<Shown> = new Set(['virtual-services-in-bulk', 'changes', 'progress']);

export function isOfRevision(shown: Shown): shown is ShownOfRevision {
  return OF_REVISION.has(shown);
}

export const WAITABLE_KEY = 'homeward:waitable';

const NOT_YET_GONE =
  'With `Prefer: wait`: it is gone, and the nodes named have not confirmed that in time. They will, without another request.';

const COMMITTED = 'The change is committed first. ';
const WAIT =
  '`wait=<seconds>`, 1 to 60 (RFC 7240): the answer comes when all nodes have it in force, or else after that time with';
const APPLIED =
  '`Preference-Applied` says how long it was prepared to wait; without that header nobody waited. Such as `wait=30`.';
const SAYING: Readonly<Record<Shown, string>> = {
  'virtual-service': '`missing`',
  'real-server': '`missing`',
  'real-servers': '`missing`',
  'real-servers-in-bulk': '`missing`',
  nothing: '`missing`',
  'virtual-services-in-bulk': '`progress`',
  changes: '`progress`',
  progress: 'how far it is by then',
};

/** The route takes `Prefer: wait`; WaitInterceptor waits. */
export const Waitable = (shown: Shown) =>
  applyDecorators(
    SetMetadata(WAITABLE_KEY, shown),
    ApiHeader({
      name: 'Prefer',
      description: `${shown === 'progress' ? '' : COMMITTED}${WAIT} ${SAYING[shown]}. ${APPLIED}`,
      required: false,
      schema: { type: 'string', maxLength: 1_024 },
    }),
    ...(shown === 'nothing' ? [ApiAcceptedResponse({ type: DeletionView, description: NOT_YET_GONE })] : []),
  );
