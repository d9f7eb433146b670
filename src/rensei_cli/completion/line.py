"""The words of an unfinished command line, as a shell would split it; nothing is expanded."""

_IN_DOUBLE_QUOTES = '"\\$`'


def words(line: str) -> list[str]:
    """Give the words of a line that ends at the cursor; the last is the one being typed."""
    found, word, quote, position = [""], False, "", 0
    while position < len(line):
        character = line[position]
        position += 1
        if character == "\\" and _escapes(quote, line[position : position + 1]):
            found[-1] += line[position : position + 1]
            position, word = position + 1, True
        elif character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote, word = character, True
        elif not quote and character.isspace():
            if word:
                found.append("")
            word = False
        else:
            found[-1] += character
            word = True
    return found


def _escapes(quote: str, following: str) -> bool:
    return not quote or (quote == '"' and following in _IN_DOUBLE_QUOTES)


def arguments(line: str, program: str = "rensei") -> list[str]:
    """Give what follows the program's name, before which some shells leave other words."""
    found = words(line)
    named = (number for number, word in enumerate(found) if word.rpartition("/")[2] == program)
    return found[next(named, 0) + 1 :] or [""]
