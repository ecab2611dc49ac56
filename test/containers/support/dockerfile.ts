import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type Instruction, type JSONInstruction } from 'dockerfile-ast';

export const ROOT = join(__dirname, '../../..');
export const TEXT = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');

/** One stage of a build: its base image, its name where it has one, and its instructions. */
export interface Stage {
  image: string;
  name: string | undefined;
  instructions: readonly Instruction[];
}

export interface CopyStep {
  /** The stage that is copied from; the build context when absent. */
  from: string | undefined;
  sources: readonly string[];
  target: string;
}

/** The stages of this project's Dockerfile, in order. */
export function stages(): Stage[] {
  const found: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of DockerfileParser.parse(TEXT).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [image, , name] = argumentsOf(instruction);
      assert(image);
      found.push({ image, name, instructions: [] });
    } else found.at(-1)?.instructions.push(instruction);
  }
  return found;
}

export function argumentsOf(instruction: Instruction): string[] {
  return instruction.getArguments().map((argument) => argument.getValue());
}

export function allOf({ instructions }: Stage, keyword: string): Instruction[] {
  return instructions.filter((instruction) => instruction.getKeyword() === keyword);
}

export function copies(stage: Stage): CopyStep[] {
  return allOf(stage, 'COPY').map((copy) => {
    const words = argumentsOf(copy).filter((word) => !word.startsWith('--'));
    const from = /--from=(\S+)/.exec(copy.getTextContent())?.[1];
    return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
  });
}

/** The commands of a `RUN`, one by one. */
export function commands(stage: Stage): string[] {
  return allOf(stage, 'RUN').flatMap((run) =>
    run
      .getTextContent()
      .replace(/^RUN\s+/, '')
      .replace(/\\\n/g, ' ')
      .split('&&')
      .map((command) => command.trim().replace(/\s+/g, ' ')),
  );
}

/** The words of an instruction in exec form; fails in shell form, which no signal gets through. */
export function execForm(instruction: Instruction | undefined): string[] {
  assert(instruction);
  const strings = (instruction as JSONInstruction).getJSONStrings?.() ?? [];
  if (strings.length > 0) return strings.map((string) => string.getJSONValue());
  // HEALTHCHECK is parsed as words: its command is what follows CMD.
  const [, list] = /\bCMD\s+(\[.*\])\s*$/s.exec(instruction.getTextContent()) ?? [];
  assert(list !== undefined, 'not in exec form');
  return JSON.parse(list) as string[];
}

export function environment(stage: Stage): Record<string, string> {
  const pairs = allOf(stage, 'ENV').flatMap(argumentsOf);
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
}
