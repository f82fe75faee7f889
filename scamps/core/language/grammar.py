"""Precedence and reserved words, from the CQL 1.5 grammar (cql.g4)."""

DEEPEST = 100

# Left-associative operators between two expressions; higher binds tighter.
BINARY = {
    "implies": 1,
    "or": 2,
    "xor": 2,
    "and": 3,
    "in": 4,
    "contains": 4,
    "=": 5,
    "!=": 5,
    "~": 5,
    "!~": 5,
    "<": 6,
    "<=": 6,
    ">": 6,
    ">=": 6,
    "between": 7,
    "is": 9,
    "as": 9,
    "+": 11,
    "-": 11,
    "*": 12,
    "/": 12,
    "div": 12,
    "mod": 12,
    "^": 13,
}
NOT, TERM, SIGN = 8, 11, 14  # the level of `not`, of arithmetic terms, of a sign
_RESERVED = """
aggregate all and as after before between case cast Code collapse Concept convert day
days difference distinct duration during else exists expand false flatten from if in
is hour hours Interval let List maximum millisecond milliseconds minimum minute
minutes month months not null occurs of or per point properly return same second
seconds singleton sort then to true Tuple week weeks when with within without year
years contains div mod implies xor end
"""
RESERVED = frozenset(_RESERVED.split())  # no names, unless quoted
