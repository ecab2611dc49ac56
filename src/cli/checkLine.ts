/** The result of one check. */
export interface CheckLine {
  what: string;
  ok: boolean;
  /** What was found, or what failed. */
  detail: string;
  /** What to do about it; on a line that is OK, it makes it a warning. */
  advice?: string;
  /** The org that responded; only on the line that identifies it. */
  organization?: { domain: string; id: string };
}
