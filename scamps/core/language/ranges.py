"""What values an Integer expression can take, so that needless guards are left out."""

from scamps.core.language.tree import Call, Case, Literal, Node
from scamps.core.language.types import BOOLEAN, INTEGER
from scamps.core.language.values import INTEGER_MAX, INTEGER_MIN

Bounds = tuple[int, int]
ANYTHING: Bounds = (INTEGER_MIN, INTEGER_MAX)


def bounds(node: Node) -> Bounds:
    """The least and the greatest value of an Integer node, nulls aside."""
    match node:
        case Literal(value=int(value)):
            return value, value
        case Call(op="ToInteger", args=(argument,)) if argument.type == BOOLEAN:
            return 0, 1
        case Call(op="if", args=(_, chosen, otherwise)):
            return _union([chosen, otherwise])
        case Call(op="Coalesce" | "list", args=args):
            return _union(list(args))
        case Case(items=items, otherwise=otherwise):
            return _union([*(then for _, then in items), otherwise])
        case Call(op="Count", args=(Call(op="list", args=elements),)):
            return 0, len(elements)
        case Call(op="+" | "-" | "*" | "negate" | "Sum"):
            return clip(unguarded(node))
    return ANYTHING


def unguarded(node: Call) -> Bounds:
    """The range of an arithmetic node before overflow is made null."""
    sides = [_bounds_if_integer(arg) for arg in node.args]
    match node.op:
        case "+":
            return sides[0][0] + sides[1][0], sides[0][1] + sides[1][1]
        case "-":
            return sides[0][0] - sides[1][1], sides[0][1] - sides[1][0]
        case "*":
            products = [a * b for a in sides[0] for b in sides[1]]
            return min(products), max(products)
        case "negate" | "Abs":
            low, high = -sides[0][1], -sides[0][0]
            return (low, high) if node.op == "negate" else (0, max(high, sides[0][1]))
        case "Sum":
            return _sum(node.args[0])
    return 2 * INTEGER_MIN, 2 * INTEGER_MAX


def overflows(node: Call) -> bool:
    """Whether an Integer operation may leave the range of an Integer."""
    low, high = unguarded(node)
    return low < INTEGER_MIN or high > INTEGER_MAX


def clip(found: Bounds) -> Bounds:
    """The part of a range that is within an Integer."""
    return max(found[0], INTEGER_MIN), min(found[1], INTEGER_MAX)


def _bounds_if_integer(node: Node) -> Bounds:
    return bounds(node) if node.type == INTEGER else ANYTHING


def _union(nodes: list[Node]) -> Bounds:
    found = [bounds(node) for node in nodes if node.type == INTEGER] or [ANYTHING]
    return min(low for low, _ in found), max(high for _, high in found)


def _sum(argument: Node) -> Bounds:
    if not (isinstance(argument, Call) and argument.op == "list"):
        return 2 * INTEGER_MIN, 2 * INTEGER_MAX
    found = [_bounds_if_integer(element) for element in argument.args]
    low = sum(min(low, 0) for low, _ in found)
    return low, sum(max(high, 0) for _, high in found)
