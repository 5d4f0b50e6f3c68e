/** Characters of a message for people in a report; a report with a longer one is refused as a whole. */
export const LONGEST_MESSAGE = 2_048;
