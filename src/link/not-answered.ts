/** Thrown by a node's work that does not answer a question; the control plane is told why. */
import { REFUSED_NOT_IN_FORCE } from '../contract/questions.js';

export class NotAnswered extends Error {
  constructor(
    /** One of the reasons of questions.ts. */
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = 'NotAnswered';
  }

  static notInForce(): NotAnswered {
    return new NotAnswered(REFUSED_NOT_IN_FORCE, 'Nothing of this virtual service is in force here.');
  }
}
