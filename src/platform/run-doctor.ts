/**
 * The manners of a doctor, the same on every kind of host: what it found goes to standard output, and the exit code says
 * whether there is something to do. It must never end with 0 where it could not look.
 */
export interface DoctorSays {
  readonly text: string;
  /** How many things are wrong. */
  readonly found: number;
}

const EXIT_FOUND = 1;
/** It could not look. */
const EXIT_BLIND = 2;

export async function runDoctor(look: () => Promise<DoctorSays>): Promise<void> {
  try {
    const { text, found } = await look();
    process.stdout.write(text);
    process.exitCode = found === 0 ? 0 : EXIT_FOUND;
  } catch (error) {
    process.stderr.write(
      `This host could not be looked at: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = EXIT_BLIND;
  }
}
