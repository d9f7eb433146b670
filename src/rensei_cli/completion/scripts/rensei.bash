# Completion of rensei for bash: in bash-completion/completions/rensei, or sourced.

_rensei() {
    local program=$1 kind reply
    COMPREPLY=()
    # An alias, or a path with a tilde.
    type -P -- "$program" >/dev/null 2>&1 || program=rensei
    {
        IFS= read -r kind
        if [ "$kind" = 'rensei words' ]; then
            # Not in bash 3: there files are offered where nothing else fits.
            compopt +o default -o nosort 2>/dev/null
            while IFS= read -r reply; do
                COMPREPLY+=("$reply")
            done
        fi
    } < <(
        _RENSEI_COMPLETE=complete_bash \
            _RENSEI_COMPLETE_LINE="${COMP_LINE:0:COMP_POINT}" \
            _RENSEI_COMPLETE_WORD="$2" \
            _RENSEI_COMPLETE_TYPE="$COMP_TYPE" \
            "$program" 2>/dev/null </dev/null
    )
}

complete -o default -F _rensei rensei
