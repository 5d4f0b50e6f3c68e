/** Order statistics of a sample; the nearest rank, so that every figure is one that was measured. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

/** To a hundredth of the unit. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
