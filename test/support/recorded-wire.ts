/** The segments as the engine's own program gives them; a test sees what is asked there, and can keep it from being sent. */
import { FrameWire } from '../../src/engine/wire/frame-wire.js';
import type { Asking } from '../../src/engine/wire/wire.js';

export class RecordedWire extends FrameWire {
  readonly asked: Asking[] = [];
  /** Questions that get lost. */
  loses: (asking: Asking) => boolean = () => false;

  override ask(asking: Asking): void {
    this.asked.push(asking);
    if (!this.loses(asking)) super.ask(asking);
  }
}
