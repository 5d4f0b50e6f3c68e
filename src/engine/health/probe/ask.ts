/** Asks one server one question, whatever its kind. It never rejects. */
import { askHttp } from './ask-http.js';
import { askTcp } from './ask-tcp.js';
import { askUdp } from './ask-udp.js';
import type { Asked } from './asked.js';
import type { Outcome } from './outcome.js';

export async function ask(asked: Asked): Promise<Outcome> {
  try {
    return await askAs(asked);
  } catch (error) {
    return { kind: 'not-asked', message: error instanceof Error ? error.message : String(error) };
  }
}

function askAs(asked: Asked): Promise<Outcome> {
  const { type } = asked.question;
  if (type === 'tcp') return askTcp(asked);
  return type === 'udp' ? askUdp(asked) : askHttp(asked);
}
