"""From the typed tree to the solver's terms: the fifth reading of the language.

What linear arithmetic cannot say becomes a fresh unknown of its type. So a formula
allows at least what *evaluate* does: what it refutes is refuted, and what it allows is
believed only once *evaluate* has said the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from scamps.core.evaluate.emit import compile_node
from scamps.core.language.tree import Call, Case, Literal, Name, Node, Range, names_in
from scamps.core.language.types import BOOLEAN, INTEGER, Type
from scamps.core.language.values import INTEGER_MAX, INTEGER_MIN, Quantity
from scamps.core.prove import logic, numbers
from scamps.core.prove.compare import compared, in_unit
from scamps.core.prove.terms import (
    GREATEST,
    NO,
    STEPS,
    UNKNOWN,
    YES,
    Beyond,
    Number,
    Symbol,
    Term,
    Truth,
    either,
    number,
    truth,
)

Rule = Callable[["Encoder", Call], Term]
RULES: dict[str, Rule] = {**logic.RULES, **numbers.RULES}


class Encoder:
    """Encodes expressions over the terms of names.

    Args:
        facts: the term of each name; it may grow while scores are encoded.
        texts: the number of each text that the plan names.
        ages: encodes an age function, or raises Beyond.
        mark: sets the fresh unknowns of this encoder apart from another's.
    """

    def __init__(
        self,
        facts: Mapping[str, Term],
        texts: Mapping[str, int],
        ages: Rule,
        mark: str = "",
    ) -> None:
        self.facts = facts
        self.texts = texts
        self.ages = ages
        self.mark = mark
        self.fresh: dict[str, Term] = {}
        self.limits: list[Any] = []

    def truth(self, node: Node) -> Truth:
        """The term of a Boolean node."""
        found = self.term(node)
        return found if isinstance(found, Truth) else UNKNOWN

    def term(self, node: Node) -> Term:
        """The term of any node."""
        try:
            return self._plain(node)
        except Beyond:
            return self._unknown(node)

    def number(self, node: Node, target: Type | None = None) -> Number:
        """The term of a numeric node, in the unit of *target*."""
        found = self.term(node)
        if not isinstance(found, Number):
            raise Beyond("not a number")
        read = in_unit(found, node.type, target) if target else found
        if read is None:
            raise Beyond("units that do not go together")
        return read

    def _plain(self, node: Node) -> Term:
        if not names_in(node) and not isinstance(node, Range):
            value = compile_node(node)({}) if isinstance(node, Call | Case) else node
            return self.literal(getattr(value, "value", value), node.type)
        match node:
            case Name(key=key) if key in self.facts:
                return self.facts[key]
            case Case():
                return self._case(node)
            case Call(op=op) if op.startswith("CalculateAge"):
                return self.ages(self, node)
            case Call(op=op):
                if op not in RULES:
                    raise Beyond(op)
                return RULES[op](self, node)
        raise Beyond("a list or an interval by itself")

    def literal(self, value: Any, kind: Type) -> Term:
        """The term of a constant."""
        match value:
            case None:
                return self.null(kind)
            case bool():
                return Truth(YES, NO) if value else Truth(NO, YES)
            case int() | Decimal():
                return number(Fraction(value))
            case Quantity(value=size):
                return number(Fraction(size))
            case str() if value in self.texts:
                return Symbol(NO, z3.IntVal(self.texts[value]))
            case date():
                return Symbol(NO, z3.IntVal(value.toordinal()))
        raise Beyond("a list by itself")

    def null(self, kind: Type) -> Term:
        """The null of a type."""
        if kind == BOOLEAN:
            return UNKNOWN
        if kind.name in ("String", "Date"):
            return Symbol(YES, z3.IntVal(0))
        if kind.name in ("Integer", "Decimal", "Quantity"):
            return Number(YES, z3.IntVal(0), 1, 0, 0)
        raise Beyond("a null without a type")

    def _unknown(self, node: Node) -> Term:
        """A term that may be anything; the same for the same words."""
        words = f"{self.mark}{_shape(node)}"
        if words not in self.fresh:
            self.fresh[words] = self._free(f"?{len(self.fresh)}{self.mark}", node.type)
        return self.fresh[words]

    def _free(self, name: str, kind: Type) -> Term:
        null = z3.Bool(f"{name} null")
        if kind.name in ("Integer", "Decimal", "Quantity"):
            whole = kind == INTEGER
            ends = (INTEGER_MIN, INTEGER_MAX) if whole else (-GREATEST, GREATEST)
            over = z3.Int(name)
            self.limits += [over >= ends[0], over <= ends[1]]
            return Number(null, over, 1 if whole else STEPS, *ends)
        if kind.name in ("String", "Date"):
            return Symbol(null, z3.Int(name))
        return truth(null, z3.Bool(name))

    def _case(self, node: Case) -> Term:
        result = self.typed(node.otherwise, node.type)
        for condition, then in reversed(node.items):
            if node.subject is None:
                test = self.truth(condition)
            else:
                sides = self.term(node.subject), self.term(condition)
                test = compared("=", *sides, node.subject.type, condition.type)
            result = either(test.yes, self.typed(then, node.type), result)
        return result

    def typed(self, node: Node, target: Type) -> Term:
        """The term of a node read as *target*."""
        if node.type.name == "Any":
            return self.null(target)
        if target.name in ("Integer", "Decimal", "Quantity"):
            return self.number(node, target)
        return self.term(node)

    def elements(self, node: Node, target: Type) -> list[Term]:
        """The terms of a list that is written out."""
        if not (isinstance(node, Call) and node.op == "list"):
            raise Beyond("a list that is not written out")
        return [self.typed(one, target) for one in node.args]


def _shape(node: Node) -> str:
    """The words of a tree, without its places."""
    match node:
        case Literal(value=value, type=kind):
            return f"{value!r}{kind.unit or ''}"
        case Name(key=key):
            return key
        case Call(op=op, args=args):
            return f"{op}({','.join(map(_shape, args))})"
        case Case(subject=subject, items=items, otherwise=otherwise):
            parts = [part for item in items for part in item]
            first = [subject] if subject else []
            return f"case({','.join(map(_shape, [*first, *parts, otherwise]))})"
    ends = f"{node.low_closed}{node.high_closed}"
    return f"range({_shape(node.low)},{_shape(node.high)},{ends})"
