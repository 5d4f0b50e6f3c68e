/** Rows under headers, as wide as they need to be. Pure. */
import { getBorderCharacters, table } from 'table';

export interface Column<T> {
  readonly header: string;
  readonly cell: (of: T) => string;
}

/** @returns lines with a newline at the end; for no rows, `none`. */
export function columnsText<T>(columns: readonly Column<T>[], rows: readonly T[], none: string): string {
  if (rows.length === 0) return `${none}\n`;
  const cells = rows.map((row) => columns.map(({ cell }) => withoutControls(cell(row))));
  const text = table([columns.map(({ header }) => header), ...cells], {
    border: getBorderCharacters('void'),
    columnDefault: { paddingLeft: 0, paddingRight: 2 },
    drawHorizontalLine: () => false,
  });
  return text.replaceAll(/ +$/gm, '');
}

/** Names are whatever somebody chose: none may move the cursor of who reads them, or break a row. */
export function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the ones
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}');
}
