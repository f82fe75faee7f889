"""Precedence climbing over the tokens, level by level as in the CQL 1.5 grammar.

The grammar (cql.g4) resolves precedence by the order of its alternatives, prefix
operators included: `not a = b` is `(not a) = b`, `-2^2` is `(-2)^2`. Climbing with the
same levels gives the same trees.
"""

from scamps.core.language.errors import LanguageError
from scamps.core.language.grammar import BINARY, DEEPEST, NOT, RESERVED, SIGN, TERM
from scamps.core.language.lexer import Token, tokens, unescape
from scamps.core.language.syntax import (
    Apply,
    Cases,
    Cast,
    Constant,
    Member,
    Path,
    Range,
    Syntax,
)
from scamps.core.language.units import CALENDAR_WORDS


class Parser:
    """Reads one expression; every error is a LanguageError at its token."""

    def __init__(self, source: str) -> None:
        self.tokens = tokens(source)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.at]

    def take(self) -> Token:
        """Read a token."""
        token = self.token
        self.at += token.kind != "END"
        return token

    def sees(self, *texts: str) -> bool:
        """Whether the next token is one of these words or symbols."""
        return self.token.text in texts and self.token.kind in ("WORD", "SYMBOL")

    def skip(self, text: str) -> bool:
        """Read the token if it is this one."""
        found = self.sees(text)
        self.at += found
        return found

    def need(self, text: str) -> Token:
        """Read this token or fail."""
        if not self.sees(text):
            self.fail(expected=f"'{text}'")
        return self.take()

    def fail(self, expected: str) -> None:
        """Refuse the next token."""
        token = self.token
        what = (
            f"'{token.text}' cannot stand here" if token.text else "it ends too early"
        )
        raise LanguageError(
            what, line=token.line, column=token.column, expected=expected
        )

    def whole(self) -> Syntax:
        """The whole source as one expression."""
        tree = self.expression(0)
        if self.token.kind != "END":
            self.fail(expected="an operator or the end")
        return tree

    def expression(self, level: int) -> Syntax:
        """An expression whose operators bind at least as tightly as *level*."""
        self.depth += 1
        if self.depth > DEEPEST:
            token = self.token
            raise LanguageError(
                f"nested more than {DEEPEST} levels deep",
                line=token.line,
                column=token.column,
            )
        tree = self.operand(level)
        while (binds := BINARY.get(self.operator(), 0)) >= max(level, 1):
            tree = self.binary(tree, binds)
        self.depth -= 1
        return tree

    def operator(self) -> str:
        """The operator that comes next, or nothing."""
        token = self.token
        if token.text == "properly":
            self.fail(expected="'between', 'in' or 'contains' without 'properly'")
        return token.text if token.kind in ("WORD", "SYMBOL") else ""

    def binary(self, left: Syntax, level: int) -> Syntax:
        """The rest of an operator's expression after its left operand."""
        token = self.take()
        match token.text:
            case "is":
                return self.is_test(token, left)
            case "as":
                return Cast(token, left, self.type_name())
            case "between":
                low = self.expression(TERM)
                self.need("and")
                high = self.expression(TERM)
                return Apply(token, "between", (left, low, high))
        return Apply(token, token.text, (left, self.expression(level + 1)))

    def is_test(self, token: Token, operand: Syntax) -> Syntax:
        """is [not] null, true or false."""
        negated = self.skip("not")
        if not self.sees("null", "true", "false"):
            self.fail(expected="'null', 'true' or 'false'")
        test = Apply(token, f"is {self.take().text}", (operand,))
        return Apply(token, "not", (test,)) if negated else test

    def operand(self, level: int) -> Syntax:
        """A sign, `not`, or a term with what hangs on it."""
        token = self.token
        if self.sees("not") and level <= NOT + 1:
            self.take()
            return Apply(token, "not", (self.expression(NOT + 1),))
        if self.sees("cast") and level <= NOT + 1:
            self.take()
            operand = self.expression(10)
            self.need("as")
            return Cast(token, operand, self.type_name())
        if self.sees("-", "+"):
            self.take()
            return self.signed(token)
        return self.members(self.term())

    def signed(self, sign: Token) -> Syntax:
        """A literal takes its sign, so that -2147483648 is an Integer."""
        if self.token.kind == "NUMBER" and sign.text == "-":
            return self.members(self.number(negative=True))
        operand = self.expression(SIGN)
        return Apply(sign, "negate" if sign.text == "-" else "plus", (operand,))

    def members(self, tree: Syntax) -> Syntax:
        """.value and the like."""
        while self.skip("."):
            token = self.take()
            if token.kind != "WORD":
                self.at -= 1
                self.fail(expected="a property, such as value")
            tree = Member(token, tree, token.text)
        return tree

    def term(self) -> Syntax:
        """A literal, name, function call, list, interval, if, case or parentheses."""
        token = self.token
        match token.kind, token.text:
            case ("NUMBER", _):
                return self.number()
            case ("STRING" | "DATE", _) | ("WORD", "null" | "true" | "false"):
                return Constant(self.take())
            case ("WORD", "minimum" | "maximum"):
                return Cast(self.take(), None, self.type_name())
            case ("DATETIME" | "TIME", _):
                self.fail(expected="a full date, such as @2026-01-31, without a time")
        compound = {
            "(": self.parenthesised,
            "{": self.list_of,
            "Interval": self.interval,
            "List": self.typed_list,
            "if": self.conditional,
            "case": self.cases,
        }
        return compound.get(self.operator(), self.name)()

    def number(self, negative: bool = False) -> Syntax:
        """A number, perhaps with a unit."""
        token, unit = self.take(), None
        if self.token.kind == "STRING":
            unit = unescape(self.take())
        elif self.token.kind == "WORD" and self.token.text in CALENDAR_WORDS:
            unit = self.take().text
        return Constant(token, unit, negative)

    def parenthesised(self) -> Syntax:
        """( expression )."""
        self.take()
        tree = self.expression(0)
        self.need(")")
        return tree

    def list_of(self) -> Syntax:
        """{ a, b, … }."""
        token = self.need("{")
        return Apply(token, "list", self.items("}"))

    def items(self, end: str) -> tuple[Syntax, ...]:
        """Expressions between commas up to the closing symbol."""
        found: list[Syntax] = []
        while not self.skip(end):
            if found:
                self.need(",")
            found.append(self.expression(0))
        return tuple(found)

    def typed_list(self) -> Syntax:
        """List<Integer> { … }: the type of an empty list."""
        token = self.take()
        inner = ""
        if self.skip("<"):
            inner = self.type_name()
            self.need(">")
        tree = self.list_of()
        return Cast(token, tree, f"List<{inner}>") if inner else tree

    def interval(self) -> Syntax:
        """Interval[low, high), every mixture of brackets."""
        token = self.take()
        if not self.sees("[", "("):
            self.fail(expected="'[' or '('")
        low_closed = self.take().text == "["
        low = self.expression(0)
        self.need(",")
        high = self.expression(0)
        if not self.sees("]", ")"):
            self.fail(expected="']' or ')'")
        return Range(token, low, high, low_closed, self.take().text == "]")

    def conditional(self) -> Syntax:
        """if … then … else …, reaching as far to the right as it can."""
        token = self.take()
        condition = self.expression(0)
        self.need("then")
        chosen = self.expression(0)
        self.need("else")
        return Apply(token, "if", (condition, chosen, self.expression(0)))

    def cases(self) -> Syntax:
        """case [subject] when … then … else … end."""
        token = self.take()
        subject = None if self.sees("when") else self.expression(0)
        items = []
        while self.skip("when"):
            condition = self.expression(0)
            self.need("then")
            items.append((condition, self.expression(0)))
        if not items:
            self.fail(expected="'when'")
        self.need("else")
        otherwise = self.expression(0)
        self.need("end")
        return Cases(token, subject, tuple(items), otherwise)

    def name(self) -> Syntax:
        """A function call or a (dotted) name."""
        token = self.token
        if token.kind not in ("WORD", "QUOTED") or token.text in RESERVED:
            self.fail(expected="a value, a name, a function or '('")
        self.take()
        if self.skip("("):
            return Apply(token, token.text, self.items(")"), is_function=True)
        return Path(token, self.path(token))

    def path(self, first: Token) -> tuple[str, ...]:
        """The parts of a dotted name."""
        parts = [_identifier(first)]
        while self.sees(".") and self.tokens[self.at + 1].kind in ("WORD", "QUOTED"):
            self.take()
            parts.append(_identifier(self.take()))
        return tuple(parts)

    def type_name(self) -> str:
        """Integer, System.Integer, List<Integer>."""
        token = self.take()
        if token.kind != "WORD":
            self.at -= 1
            self.fail(expected="a type")
        if token.text == "System" and self.skip("."):
            return self.type_name()
        if token.text in ("List", "Interval") and self.skip("<"):
            inner = self.type_name()
            self.need(">")
            return f"{token.text}<{inner}>"
        return token.text


def _identifier(token: Token) -> str:
    return unescape(token) if token.kind == "QUOTED" else token.text
