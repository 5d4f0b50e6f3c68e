/** An event's id: the epoch that it was recorded in and its position in the order of all events. Pure. */
export interface EventPlace {
  readonly epoch: number;
  readonly position: number;
}

const ID = /^(\d{1,9})-(\d{1,15})$/;

export function eventId({ epoch, position }: EventPlace): string {
  return `${epoch}-${position}`;
}

/** Null: it is none. */
export function readEventId(text: string): EventPlace | null {
  const [, epoch, position] = ID.exec(text) ?? [];
  return epoch === undefined || position === undefined
    ? null
    : { epoch: Number(epoch), position: Number(position) };
}
