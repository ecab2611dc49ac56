import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { buildProgram } from '../src/cli/program';
import { pageWith } from './markdown';

const FILE = join(__dirname, '../docs/cli.md');

/** `docs/cli.md` with the commands of the command line. */
export async function cliDoc(): Promise<string> {
  return pageWith(FILE, { commands: leavesOf(program()).map(chapter).join('\n\n') });
}

/** The command line itself; only what it says about its commands is used. */
function program(): Command {
  const unused = () => {
    throw new Error('No command runs here.');
  };
  const { stdout: out, stderr: err } = process;
  return buildProgram({
    io: { out, err },
    access: { check: unused, findOrganization: unused, hasUser: unused },
    environment: unused,
    onExitCode: unused,
  });
}

interface Leaf {
  /** As it is typed, such as `schedule apply`. */
  name: string;
  command: Command;
}

/** The commands that do something, in the order of the program; `schedule` only groups others. */
function leavesOf(parent: Command, prefix = ''): Leaf[] {
  return parent.commands.flatMap((command) => {
    const name = `${prefix}${command.name()}`;
    return command.commands.length === 0 ? [{ name, command }] : leavesOf(command, `${name} `);
  });
}

function chapter({ name, command }: Leaf): string {
  const args = command.registeredArguments;
  const usage = [
    name,
    ...args.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`)),
  ];
  const items = [...args.map(argumentItem), ...command.options.map(optionItem)];
  return [
    `### ${name}`,
    sentence(command.description()),
    `\`\`\`sh\nokta-graph ${usage.join(' ')}\n\`\`\``,
    ...(items.length === 0 ? [] : [items.join('\n')]),
  ].join('\n\n');
}

function argumentItem(argument: Argument): string {
  return `- \`${argument.name()}\`: ${argument.description}${argument.required ? '; required' : ''}`;
}

function optionItem({ flags, description, argChoices, defaultValue, mandatory }: Option): string {
  const choices = argChoices ? `; one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}` : '';
  const usual = defaultValue === undefined ? '' : `; default \`${String(defaultValue)}\``;
  return `- \`${flags}\`: ${description}${choices}${usual}${mandatory ? '; required' : ''}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

if (require.main === module) {
  void cliDoc().then((text) => writeFileSync(FILE, text));
}
