import { describe, expect, it } from 'vitest';
import { probedPorts } from './probed-ports.js';

describe('the ports that are asked', () => {
  it.each([
    [80, 80, [80]],
    [80, 81, [80, 81]],
    [80, 83, [80, 81, 82, 83]],
    [8000, 8009, [8000, 8003, 8006, 8009]],
    [1, 65_535, [1, 21_846, 43_690, 65_535]],
  ])('of %i to %i are %j', (port, endPort, asked) => {
    expect(probedPorts({ port, endPort })).toEqual(asked);
  });
});
