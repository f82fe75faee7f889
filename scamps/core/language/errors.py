"""What is said to an author whose expression cannot be accepted."""


class LanguageError(ValueError):
    """An expression that cannot be parsed or typed; nothing else is ever raised.

    line and column count from 1; expected says what would have been accepted, or is
    empty.
    """

    def __init__(
        self, message: str, *, line: int = 1, column: int = 1, expected: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.expected = expected

    def __str__(self) -> str:
        hint = f" (expected {self.expected})" if self.expected else ""
        return f"line {self.line}, column {self.column}: {self.message}{hint}"
