"""What can be done about a finding: every command that this package may ever advise."""

import shlex
from enum import Enum
from typing import NewType

# Made by `Remedy.command` alone, so that a test which knows every remedy knows every command.
Command = NewType("Command", str)


class Remedy(Enum):
    """A command with places for values; what is no command of ours is one of the shell."""

    log_in = "rensei auth login"
    log_in_at = "rensei auth login --url {url}"
    log_in_as = "rensei auth login --name {name}"
    pipe_key = "rensei auth login --token-stdin < FILE"
    contexts = "rensei auth list"
    choose = "rensei auth use {name}"
    standing = "rensei auth status"
    start_platform = "rensei server"
    demo = "rensei demo"
    again = "rensei doctor"
    other_url = "rensei doctor --url URL"
    again_at = "rensei doctor --url {url}"
    trace = "rensei doctor --debug"
    poll = "rensei session watch @latest --transport poll"
    show = "rensei session show @latest"
    page = "rensei session show @latest --web"
    unset = "unset {variable}"
    trust = "export SSL_CERT_FILE=FILE"
    proxy_login = "export {variable}=http://USER:PASSWORD@{place}"
    past_proxy = "export NO_PROXY={host}"
    home = "export RENSEI_HOME=DIR"
    path = "export PATH={folder}:$PATH"
    utf8 = "export LANG=C.UTF-8"
    term = "export TERM=xterm-256color"
    make_private = "chmod 600 {file}"
    close_folder = "chmod 700 {folder}"
    put_aside = "mv {file} {file}.old"
    look_at = "ls -l {file}"
    check_json = "python3 -m json.tool {file}"
    who_is_it = "type -a rensei"
    clock = "date -u"
    clock_linux = "sudo timedatectl set-ntp true"
    clock_mac = "sudo sntp -sS time.apple.com"
    complete_bash = "_RENSEI_COMPLETE=source_bash rensei >> ~/.bashrc"
    complete_zsh = "_RENSEI_COMPLETE=source_zsh rensei >> ~/.zshrc"
    complete_fish = "_RENSEI_COMPLETE=source_fish rensei > ~/.config/fish/completions/rensei.fish"

    def command(self, **values: object) -> Command:
        """Give the command with these values in it, quoted as a shell takes them."""
        quoted = {name: shlex.quote(str(value)) for name, value in values.items()}
        return Command(self.value.format(**quoted))
