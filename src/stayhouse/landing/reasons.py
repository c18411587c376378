"""Why a line is no row: a code that is counted, and what a person can do about it."""

from dataclasses import dataclass

# What breaks a record by a quote, and what is said of the other lines that it took along.
OF_A_QUOTE = ("malformed_quote", "unterminated_quote", "field_too_long")
TAKEN = "taken_by_quote"

# By reason code, in the words that follow "36 lines" and a colon.
REMEDIES = {
    "blank_line": "blank; leave them out of the export",
    "duplicate_key": "one key stands twice in an object; keep one of the two",
    "field_too_long": "a value of more than 131,072 characters; look for a quote that never closes",
    "invalid_encoding": "bytes that the file's encoding does not have; say another by --encoding, "
    "or fetch the file again",
    "invalid_utf8": "not UTF-8; save the file in UTF-8 (a spreadsheet offers 'CSV UTF-8')",
    "malformed_quote": "text after a closing quote; a quote inside of a value is written twice",
    "not_a_json_object": "not an object of JSON; write one {...} a line",
    "not_json": "not JSON; write one whole object a line",
    "nul_byte": "a NUL byte; the file was damaged on its way, fetch it again",
    "swallowed_lines": "lines that a stray quote made one value; close the quote, or double it",
    TAKEN: "read with the quote that opens in the line above, and perhaps in order; mend that line "
    "and land the file again",
    "too_few_columns": "fewer values than the header has names; look for a line break in a value "
    "without quotes",
    "too_many_columns": "more values than the header has names; a value with a comma needs quotes",
    "too_many_line_breaks": "a value with more line breaks than max_line_breaks; close its quote, "
    "or raise that number in dbt_project.yml",
    "unterminated_quote": "a quote that never closes; close it, or double it",
}
# Line numbers that are named for each reason.
_FIRST = 3


@dataclass
class Rejection:
    """The lines of a file that were rejected for one reason: how many, and the first of them."""

    reason: str
    count: int
    first_lines: list[int]

    def add(self, line_number: int) -> None:
        """Count one more line."""
        self.count += 1
        if len(self.first_lines) < _FIRST:
            self.first_lines.append(line_number)

    def __str__(self) -> str:
        """Return what it is, where, and what to do, as part of a sentence."""
        lines = "line" if self.count == 1 else "lines"
        places = ", ".join(f"{number:,}" for number in self.first_lines)
        more = " ..." if self.count > len(self.first_lines) else ""
        return (
            f"{self.count:,} {lines} {self.reason} ({lines} {places}{more}): "
            f"{REMEDIES[self.reason]}"
        )
