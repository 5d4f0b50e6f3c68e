/** A file that a real server may be given, known by its name and its digest. */
export interface HandedOutFile {
  readonly name: string;
  readonly mediaType: string;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** Where it lies, for what is too large to be kept in memory; or its bytes. */
  readonly content: Buffer | { readonly path: string };
}
