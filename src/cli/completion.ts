import { Argument, type Command } from 'commander';
import type { Io } from './context';
import type { PartCommand } from './program';

const SHELLS = ['zsh', 'bash', 'fish', 'powershell'];

const DESCRIPTION =
  'print the script that completes commands in your shell, such as: source <(okta-graph complete zsh)';

/** Adds `complete`, which prints the script for a shell. Its library is loaded only then. */
export function addCompletion(program: Command, { out }: Io): void {
  program
    .command('complete')
    .description(DESCRIPTION)
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).choices(SHELLS))
    .action(async (shell: string) => {
      if (shell === 'bash') out.write(BASH);
      else (await import('@bomb.sh/tab')).script(shell, 'okta-graph', 'okta-graph');
    });
}

/**
 * Prints what can complete a line, if the arguments are `complete -- WORD...`, as the script of a shell calls it at each
 * Tab. Returns false for other arguments.
 */
export async function complete(
  program: Command,
  [command, separator, ...words]: readonly string[],
  parts: readonly PartCommand[] = [],
): Promise<boolean> {
  if (command !== 'complete' || separator !== '--') return false;
  for (const each of program.commands.flatMap((one) => [one, ...one.commands]))
    for (const option of program.options) if (option.long === '--env-file') each.addOption(option);
  const part = parts.find(({ name, options }) => options && words.includes(name));
  const own = program.commands.find((each) => each.name() === part?.name);
  own?.helpOption('-h, --help', 'display help for command');
  for (const option of (await part?.options?.())?.options ?? []) own?.addOption(option);

  const { default: requestsFor } = await import('@bomb.sh/tab/commander');
  const { QUESTIONS } = await import('../queries/registry.js');
  const requests = requestsFor(program);
  // The library has a command of that name too, without the names of the shells.
  requests
    .command('complete', DESCRIPTION)
    .argument('shell', (add) => SHELLS.forEach((shell) => add(shell, '')));
  requests.commands
    .get('query')
    ?.argument('name', (add) => QUESTIONS.forEach(({ id, question }) => add(id, question)));
  requests.parse(words);
  return true;
}

/**
 * The script for bash, from version 3.2 on. The library's own needs the package bash-completion, cannot be sourced twice,
 * and evaluates what has been typed. Bash splits words at `=` and `:` too, so they are joined again before, and what bash
 * has as words before the last `=` or `:` is omitted from the results after.
 */
const BASH = String.raw`# bash completion for okta-graph
__okta_graph_complete() {
    local rest=$COMP_LINE words=() word i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${'$'}{COMP_WORDS[i]}
        if [[ $i -gt 0 && -n $rest && $rest != [[:space:]]* ]]; then
            words[${'$'}{#words[@]}-1]+=$word
        else
            words+=("$word")
            rest=${'$'}{rest#"${'$'}{rest%%[![:space:]]*}"}
        fi
        rest=${'$'}{rest#"$word"}
    done
    words=("${'$'}{words[@]//[\"\']/}") # bash keeps an open quote itself
    local current=${'$'}{words[${'$'}{#words[@]}-1]}
    local before=${'$'}{current%"${'$'}{current##*[=:]}"} line
    COMPREPLY=()
    case "${'$'}{words[${'$'}{#words[@]}-2]} $current" in
        --out\ * | --env-file\ * | *\ --out=* | *\ --env-file=*) ;; # files, by -o default
        *) compopt +o default 2>/dev/null ;;
    esac
    while IFS= read -r line; do
        line=${'$'}{line%%$'\t'*}
        [[ $line == :* ]] && continue
        if [[ $line == "$current"* ]]; then
            COMPREPLY+=("${'$'}{line#"$before"}")
        elif [[ -n $before && $before$line == "$current"* ]]; then
            COMPREPLY+=("$line")
        fi
    done < <(okta-graph complete -- "${'$'}{words[@]:1}" 2>/dev/null)
}
complete -o default -F __okta_graph_complete okta-graph
`;
