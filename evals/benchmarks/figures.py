"""One line of a benchmark's table: a figure, the bound it should keep, and whether it does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``bound`` is the figure to keep, as a predicate and in words."""

    name: str
    value: str
    bound: str = ""
    kept: bool = True

    def line(self) -> str:
        """Name, value, bound, and whether it is kept."""
        state = ("ok" if self.kept else "MISSED") if self.bound else ""
        return f"{self.name:58} {self.value:>22}  {self.bound:26} {state}"


def at_most(name: str, value: float, bound: float, form: str = ".2f") -> Figure:
    """A figure that must not be larger."""
    return Figure(name, format(value, form), f"at most {bound:g}", value <= bound)
