/**
 * Asks a segment who has an address, and tells which Ethernet addresses answered.
 * The director asks in the name of its own address on that segment: it may hold the VIP itself, and whoever asks for a
 * VIP in the VIP's own name announces it, and gets no answer from a host that holds it too.
 */
import { pause } from '../../platform/pause.js';
import type { VipPlace } from '../network/vip-place.js';
import type { Wire } from '../wire/wire.js';

/** The question is sent twice: one frame may get lost. */
const QUESTIONS = 2;
/**
 * From a question to the next one, or to the end. A machine of the same segment answers within milliseconds, a busy one
 * within some tens; IPv6 hosts may wait up to a second where they answer for an anycast address, which a VIP is not.
 */
const ANSWERS_WITHIN_MS = 250;

/**
 * Everybody who answers. The first answer alone would tell nothing of a host that answers by two network cards, nor of
 * somebody who is slower. Rejects where nothing can be asked.
 */
export async function whoAnswers(
  wire: Wire,
  address: string,
  { device, address: from }: VipPlace,
  waitMs = ANSWERS_WITHIN_MS,
): Promise<readonly string[]> {
  if (!(await wire.begun())) throw new Error(wire.trouble ?? 'nothing can be sent yet');
  const found = new Set<string>();
  const endListening = wire.listen((heard) => {
    if (heard.address === address && heard.device === device && heard.means === 'owns') found.add(heard.mac);
  });
  wire.heed([address]);
  try {
    for (let times = 0; times < QUESTIONS; times++) {
      wire.ask({ device, address, ...(from !== undefined && { from }) });
      await pause(waitMs);
    }
    const trouble = wire.troubleOn(device);
    if (trouble !== undefined) throw new Error(trouble);
  } finally {
    wire.ignore([address]);
    endListening();
  }
  return [...found].sort();
}
