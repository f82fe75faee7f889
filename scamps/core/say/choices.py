"""Choices by what they are called, where an expression compares an element with them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scamps.core.language.tree import Call, Case, Literal, Name, Node, Range
from scamps.core.language.types import STRING

Options = Mapping[str, Mapping[str, str]]


def with_labels(node: Node, options: Options) -> Node:
    """The tree with each choice replaced by its label in quotes: to be said, no more.

    Args: options: for each name that is a choice, the label of each of its keys.

    >>> from scamps.core.language import choice, parse
    >>> from scamps.core.say.words import Voice, words_of
    >>> tree = parse("pain = 'local'", {"pain": choice(["local"])}).root
    >>> said = with_labels(tree, {"pain": {"local": "In one place"}})
    >>> words_of(said, Voice({}, {}))
    'pain = “In one place”'
    """
    match node:
        case Call(args=args):
            labels = _labels_among(args, options)
            return replace(node, args=tuple(_named(a, labels, options) for a in args))
        case Case(subject=subject, items=items, otherwise=otherwise):
            labels = _labels_among((subject,) if subject else (), options)
            return replace(
                node,
                subject=subject and with_labels(subject, options),
                items=tuple(
                    (_named(when, labels, options), with_labels(then, options))
                    for when, then in items
                ),
                otherwise=with_labels(otherwise, options),
            )
        case Range(low=low, high=high):
            return replace(
                node, low=with_labels(low, options), high=with_labels(high, options)
            )
    return node


def _labels_among(args: Iterable[Node], options: Options) -> Mapping[str, str]:
    keys = (arg.key for arg in args if isinstance(arg, Name))
    return next((options[key] for key in keys if key in options), {})


def _named(node: Node, labels: Mapping[str, str], options: Options) -> Node:
    match node:
        case Literal(value=str(key), type=kind) if key in labels:
            return Literal(kind or STRING, node.place, f"“{labels[key]}”")
        case Call(op="list", args=args):
            return replace(node, args=tuple(_named(a, labels, options) for a in args))
    return with_labels(node, options)
