// The documented API of @vscode/python-extension, as far as pep668 uses it. The selected interpreter is kept in
// the status bar and in the file that PEP668_TEST_SELECTED names, for the test to read.
const fs = require('node:fs');
const vscode = require('vscode');

exports.activate = (context) => {
  const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Right, 100);
  context.subscriptions.push(item);
  let selected = '/usr/bin/python3';
  const show = () => {
    item.text = `Python: ${vscode.workspace.asRelativePath(selected)}`;
    item.show();
  };
  show();
  return {
    ready: Promise.resolve(),
    environments: {
      getActiveEnvironmentPath: () => ({ id: selected, path: selected }),
      resolveEnvironment: async (environment) => ({
        id: environment.path,
        path: environment.path,
        executable: { uri: vscode.Uri.file(environment.path) },
      }),
      updateActiveEnvironmentPath: async (environment, resource) => {
        selected = typeof environment === 'string' ? environment : environment.path;
        fs.appendFileSync(process.env.PEP668_TEST_SELECTED, `${selected}\t${resource ? resource.fsPath : ''}\n`);
        show();
      },
    },
  };
};
