import { format } from 'oxfmt';

/** Formats a generated page as `npm run format` does, so that the check of formats passes. */
export async function formatPage(file: string, text: string): Promise<string> {
  const { code } = await format(file, text, { printWidth: 110, proseWrap: 'never' });
  return code;
}
