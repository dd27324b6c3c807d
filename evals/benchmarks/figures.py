"""One line of a benchmark's table: a figure, its bound, and whether the bound is met."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``bound`` says in words what the value must be, empty where anything is right."""

    name: str
    value: str
    bound: str = ""
    met: bool = True

    def line(self) -> str:
        """Name, value, bound, and whether it is met."""
        state = ("ok" if self.met else "MISSED") if self.bound else ""
        return f"{self.name:58} {self.value:>22}  {self.bound:26} {state}"


def at_most(name: str, value: float, bound: float, form: str = ".2f") -> Figure:
    """A figure that must not be larger."""
    return Figure(name, format(value, form), f"at most {bound:g}", value <= bound)
