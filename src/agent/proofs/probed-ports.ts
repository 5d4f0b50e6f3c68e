/** Which ports of a service are asked. Pure. */

/** A range is judged by so many of its ports: asking 30,000 of them every ten seconds would be an attack. */
const MOST_PORTS = 4;

/** The first and the last port and two evenly between, or all where there are no more than four. */
export function probedPorts({
  port,
  endPort,
}: {
  readonly port: number;
  readonly endPort: number;
}): number[] {
  const count = Math.min(MOST_PORTS, endPort - port + 1);
  if (count === 1) return [port];
  return Array.from({ length: count }, (_, index) =>
    Math.round(port + ((endPort - port) * index) / (count - 1)),
  );
}
