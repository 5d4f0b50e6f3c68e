/**
 * The kernel's jhash (include/linux/jhash.h, Bob Jenkins' lookup3), as nft's expression `jhash` takes it: over the bytes
 * of the packet's fields, each begun at a multiple of four. It reads words in the byte order of x86 and ARM.
 * Pure; a test holds it to what a real kernel forwards.
 */
const INITIAL = 0xdeadbeef;
/** Words are mixed three at a time; the last three or fewer are finished off. */
const BLOCK = 12;

type State = [a: number, b: number, c: number];

/** 32 bits, unsigned. */
export function jhash(key: Uint8Array, seed: number): number {
  const start = (INITIAL + key.length + seed) | 0;
  let state: State = [start, start, start];
  let at = 0;
  for (; key.length - at > BLOCK; at += BLOCK) state = mixed(added(state, key, at));
  return key.length === at ? state[2] >>> 0 : finished(added(state, key, at));
}

/** The same scaled to 0 … modulus - 1, as nft's `mod` does it (reciprocal_scale in linux/kernel.h). */
export function jhashMod(key: Uint8Array, modulus: number, seed: number): number {
  return Number((BigInt(jhash(key, seed)) * BigInt(modulus)) >> 32n);
}

function added([a, b, c]: State, key: Uint8Array, at: number): State {
  return [(a + word(key, at)) | 0, (b + word(key, at + 4)) | 0, (c + word(key, at + 8)) | 0];
}

/** Little-endian; behind the end there are zeros. */
function word(key: Uint8Array, at: number): number {
  const byte = (offset: number) => key[at + offset] ?? 0;
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function mixed([x, y, z]: State): State {
  let [a, b, c] = [x, y, z];
  a = ((a - c) | 0) ^ rotated(c, 4);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotated(a, 6);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotated(b, 8);
  b = (b + a) | 0;
  a = ((a - c) | 0) ^ rotated(c, 16);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotated(a, 19);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotated(b, 4);
  b = (b + a) | 0;
  return [a, b, c];
}

function finished([x, y, z]: State): number {
  let [a, b, c] = [x, y, z];
  c = ((c ^ b) - rotated(b, 14)) | 0;
  a = ((a ^ c) - rotated(c, 11)) | 0;
  b = ((b ^ a) - rotated(a, 25)) | 0;
  c = ((c ^ b) - rotated(b, 16)) | 0;
  a = ((a ^ c) - rotated(c, 4)) | 0;
  b = ((b ^ a) - rotated(a, 14)) | 0;
  c = ((c ^ b) - rotated(b, 24)) | 0;
  return c >>> 0;
}
