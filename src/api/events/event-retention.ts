/** How many days events are kept for. */
export class EventRetention {
  constructor(readonly days: number) {}
}
