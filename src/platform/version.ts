/** The version of this program, as package.json has it: a constant, so that the agent's one file needs no other. */
export const VERSION = '0.1.0';
