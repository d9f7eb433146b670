# Completion of rensei for fish: a file of fish/completions, or sourced.

function __rensei_complete
    set -l program (commandline -opc)[1]
    # An alias, or a path with a tilde.
    command -q -- $program; or set program rensei
    set -lx _RENSEI_COMPLETE complete_fish
    set -lx _RENSEI_COMPLETE_LINE (commandline -cp)
    set -l answered (command $program 2>/dev/null </dev/null)
    set -l kind $answered[1]
    set -e answered[1]
    switch "$kind"
        case 'rensei words'
            printf '%s\n' $answered
        case 'rensei files'
            set -l word (commandline -ct)
            set -l option (string match -r -- '^--[^=]*=' $word)
            for file in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $word))
                printf '%s\n' "$option$file"
            end
    end
end

complete -c rensei -f -k -a '(__rensei_complete)'
