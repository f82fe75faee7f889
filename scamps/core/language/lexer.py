"""Tokens of the criteria language, by lark, with the lexical rules of CQL 1.5."""

import re
from dataclasses import dataclass

from lark import Lark
from lark.exceptions import UnexpectedCharacters

from scamps.core.language.errors import LanguageError

LONGEST_SOURCE = 20_000

_GRAMMAR = r"""
start: (NUMBER | STRING | QUOTED | TIME | DATETIME | DATE | WORD | SYMBOL)*
TIME.6: /@T[0-9:.]*/
DATETIME.5: /@\d{4}(-\d\d(-\d\d)?)?T[0-9:.]*(Z|[+-]\d\d:\d\d)?/
DATE.4: /@\d{4}(-\d\d(-\d\d)?)?/
NUMBER.3: /[0-9]+(\.[0-9]+)?L?/
STRING: /'(\\.|[^'\\])*'/s
QUOTED: /"(\\.|[^"\\])*"|`(\\.|[^`\\])*`/s
WORD: /[A-Za-z_][A-Za-z0-9_]*/
SYMBOL: "<=" | ">=" | "!=" | "!~" | /[-+*\/^=~<>(){}\[\],.:&|]/
COMMENT.9: /\/\*.*?\*\//s | /\/\/[^\r\n]*/
%ignore COMMENT
%ignore /[ \t\r\n]+/
"""
_LEXER = Lark(_GRAMMAR, parser="lalr", lexer="basic")

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of source; kind is a terminal of the grammar, or END."""

    kind: str
    text: str
    line: int
    column: int


def tokens(source: str) -> list[Token]:
    """Split the source, ending in an END token."""
    if len(source) > LONGEST_SOURCE:
        raise LanguageError(
            f"the expression is longer than {LONGEST_SOURCE} characters"
        )
    found = []
    try:
        for token in _LEXER.lex(source):
            at = (token.line or 1, token.column or 1)
            found.append(Token(token.type, str(token), *at))
    except UnexpectedCharacters as error:
        raise _unexpected(source, error) from None
    lines = source.split("\n")
    return [*found, Token("END", "", len(lines), len(lines[-1]) + 1)]


def _unexpected(source: str, error: UnexpectedCharacters) -> LanguageError:
    character = source[error.pos_in_stream or 0]
    unclosed = {"'": "a string that is not closed", '"': "a name that is not closed"}
    unclosed["`"] = unclosed['"']
    return LanguageError(
        unclosed.get(character, f"{character!r} is not part of the language"),
        line=error.line,
        column=error.column,
    )


def unescape(token: Token) -> str:
    """The text of a quoted token without its quotes and escapes."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code in _ESCAPES:
            return _ESCAPES[code]
        if code in "'\"`\\/":
            return code
        raise LanguageError(
            f"'\\{code}' is not an escape", line=token.line, column=token.column
        )

    return _ESCAPE.sub(one, token.text[1:-1])
