import { Argument, type Command } from 'commander';
import { QUESTIONS } from '../queries/registry';
import type { Io } from './context';

const SHELLS = ['zsh', 'bash', 'fish', 'powershell'];

/**
 * Adds `complete`, which prints the script for a shell, and which that script calls at each Tab as `complete -- WORD...`.
 * Its library is loaded only then.
 */
export async function addCompletion(program: Command, args: readonly string[], { out }: Io): Promise<void> {
  if (args[0] === 'complete' && args[1] === '--') {
    const { default: addRequests } = await import('@bomb.sh/tab/commander');
    addRequests(program)
      .commands.get('query')
      ?.argument('name', (add) => QUESTIONS.forEach(({ id, question }) => add(id, question)));
    return;
  }
  program
    .command('complete')
    .description(
      'print the script that completes commands in your shell, such as: source <(okta-graph complete zsh)',
    )
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).choices(SHELLS))
    .action(async (shell: string) => {
      if (shell === 'bash') out.write(BASH);
      else (await import('@bomb.sh/tab')).script(shell, 'okta-graph', 'okta-graph');
    });
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
