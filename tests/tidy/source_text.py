"""Reads C++ and Python just well enough to judge it: without comments and literals, and function by function."""
import ast
import io
import re
import tokenize

CPP_TOKENS = re.compile(
    r"""(?P<comment> //[^\n]* | /\*.*?\*/ )
      | (?P<raw> (?<![A-Za-z0-9_]) (?:u8|[uUL])? R"(?P<fence>[^()\s\\]{0,16})\(.*?\)(?P=fence)" )
      | (?P<string> "(?:\\.|[^"\\\n])*" )
      | (?P<character> (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+' )""",
    re.DOTALL | re.VERBOSE,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
MACRO_CALL = re.compile(r"^[A-Z][A-Z0-9_]+\b\s*(?:\((?:[^()]|\([^()]*\))*\))?\s*")
ACCESS = re.compile(r"^(?:public|private|protected)\s*:(?!:)\s*")
CONTAINER = re.compile(
    r"^(?:(?:inline|static|typedef|constexpr|const|export|friend)\s+|\[\[.*?\]\]\s*)*"
    r"(?:namespace|class|struct|union|enum|extern)\b"
)


def blank(text):
    """Spaces in place of everything but the line ends, so that positions keep their lines."""
    return re.sub(r"[^\n]", " ", text)


def cpp_without_comments(text):
    """Comments and raw strings blanked; plain strings stay, since includes are written as such."""
    return CPP_TOKENS.sub(lambda m: blank(m[0]) if m["comment"] or m["raw"] else m[0], text)


def cpp_code(text):
    """Comments, strings and characters blanked."""
    return CPP_TOKENS.sub(lambda m: blank(m[0]), text)


def python_code(text):
    """Comments and strings blanked; the text as it is when it does not even tokenise."""
    lines = text.splitlines(keepends=True)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    for token in tokens:
        if token.type not in (tokenize.COMMENT, tokenize.STRING):
            continue
        (first, start), (last, end) = token.start, token.end
        for row in range(first, last + 1):
            line = lines[row - 1]
            left = start if row == first else 0
            right = end if row == last else len(line)
            lines[row - 1] = line[:left] + blank(line[left:right]) + line[right:]
    return "".join(lines)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def python_functions(text):
    """(first line, last line) of each function that is not inside another."""
    try:
        waiting = list(ast.parse(text).body)
    except SyntaxError:
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno
        else:
            waiting.extend(ast.iter_child_nodes(node))


def cpp_functions(text):
    """(first line, last line) of the braces of each function that is not inside another.

    A block is judged by its head, the code between the last `;`, `{` or `}` and its own `{`. Namespaces and types
    are looked into, initialisers are passed over, and what remains is a function.
    """
    code = DIRECTIVE.sub(lambda m: blank(m[0]), cpp_code(text))
    head = ""
    position = 0
    while position < len(code):
        character = code[position]
        if character == "{":
            kind = block_kind(head)
            if kind == "container":
                head = ""
            else:
                end = matching_brace(code, position)
                if kind == "function":
                    yield line_of(code, position), line_of(code, end)
                    head = ""
                else:
                    head += "@"  # an initialiser is part of what goes on after it
                position = end
        elif character in ";}":
            head = ""
        else:
            head += character
        position += 1


def matching_brace(code, opening):
    depth = 0
    for match in re.compile("[{}]").finditer(code, opening):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(code) - 1


def block_kind(head):
    head = stripped_head(head)
    if not head:
        return "function"  # only macros stood before it: a test case
    if CONTAINER.match(head) and not head.endswith(")"):
        return "container"
    if head[-1] in "=(," or "(" not in head:
        return "initialiser"
    if is_member_initialiser(head):
        return "initialiser"
    return "function"


def stripped_head(head):
    """The head without access labels, macro calls and template parameters in front."""
    head = head.strip()
    while True:
        shorter = MACRO_CALL.sub("", ACCESS.sub("", head))
        if shorter.startswith("template"):
            shorter = after_angles(shorter[len("template"):])
        shorter = shorter.strip()
        if shorter == head:
            return head
        head = shorter


def after_angles(text):
    depth = 0
    for index, character in enumerate(text):
        if character == "<":
            depth += 1
        elif character == ">" and text[index - 1] != "-":
            depth -= 1
            if depth == 0:
                return text[index + 1:]
        elif depth == 0 and not character.isspace():
            break
    return text


def is_member_initialiser(head):
    """Whether the block is the `{1}` of `x() : a_{1} {...}`: a name right before it, after a single colon."""
    after_parameters = head[head.index("("):].replace("::", "  ")
    return ":" in after_parameters and re.search(r"[\w>]$", head) is not None
