import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join, relative, sep } from 'node:path';

/** Whether `path` is `folder` or lies below it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The files that PATH offers for these names, best name first. Relative entries of PATH are not followed. */
export async function onPath(names: readonly string[], path = process.env['PATH'] ?? ''): Promise<string[]> {
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  const found: string[] = [];
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name);
      if (!found.includes(file) && (await isExecutable(file))) {
        found.push(file);
      }
    }
  }
  return found;
}
