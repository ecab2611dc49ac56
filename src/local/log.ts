/** Prints a line on the terminal. */
export type Log = (line: string) => void;
