// The command line of a task, as its shell reads it.

/** One word of a task: as it is, or to be quoted in one of VS Code's ways (`vscode.ShellQuoting`). */
export type Word = string | { value: string; quoting: Quoting };
export type Quoting = 'escape' | 'strong' | 'weak';

interface Shell {
  strong: (text: string) => string;
  weak: (text: string) => string;
  escape: (text: string) => string;
}

const POSIX: Shell = {
  strong: (text) => `'${text.replaceAll("'", "'\\''")}'`,
  weak: (text) => `"${text.replaceAll('"', '\\"')}"`,
  escape: (text) => text.replace(/[\s"'\\]/g, '\\$&'),
};
const POWERSHELL: Shell = {
  strong: (text) => `'${text.replaceAll("'", "''")}'`,
  weak: (text) => `"${text.replaceAll('"', '`"')}"`,
  escape: (text) => text.replace(/[ "'()]/g, '`$&'),
};
const CMD: Shell = {
  strong: (text) => `"${text.replaceAll('"', '""')}"`,
  weak: (text) => `"${text.replaceAll('"', '""')}"`,
  escape: (text) => `"${text.replaceAll('"', '""')}"`,
};

function syntax(shell: string): Shell {
  if (/^(pwsh|powershell)/i.test(shell)) {
    return POWERSHELL;
  }
  return shell.toLowerCase() === 'cmd' ? CMD : POSIX;
}

/**
 * The line that VS Code makes of a shell task's words: a plain string is for the shell to read, and is quoted only
 * where it has a space outside of quotes (`_buildShellCommandLine` of VS Code's terminalTaskSystem.ts).
 */
export function shellLine(words: readonly Word[], shell: string): string {
  const { strong, weak, escape } = syntax(shell);
  const ways = { strong, weak, escape };
  return words
    .map((word) => {
      if (typeof word !== 'string') {
        return ways[word.quoting](word.value);
      }
      return words.length > 1 && hasBareSpace(word) ? strong(word) : word;
    })
    .join(' ');
}

/** A line for a POSIX shell that runs a program with just these arguments. */
export function programLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : POSIX.strong(word))).join(' ');
}

function hasBareSpace(text: string): boolean {
  return /\s/.test(text.replace(/\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs, ''));
}

/** `text` with what VS Code knows of a folder in the place of its variables; other variables stay. */
export function resolved(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{([^{}]+)\}/g, (whole, name: string) => variables.get(name) ?? whole);
}
