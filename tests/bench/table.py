"""The lines of the benchmark's table, with what each must reach."""

import dataclasses
import json

WIDTHS = (54, 11, 9, 11, 8, 9, 7)


@dataclasses.dataclass
class Line:
    """One figure. ratio is value / floor; the target is a bound on the ratio, or on the value where there is no floor."""
    name: str
    value: float
    unit: str
    floor: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    spread: float = 0.0
    cpu: dict = dataclasses.field(default_factory=dict)  # process -> microseconds per operation

    @property
    def ratio(self):
        return self.value / self.floor if self.floor else None

    @property
    def target(self):
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return f"<= {self.at_most:g}" if self.at_most is not None else ""

    @property
    def ok(self):
        measured = self.value if self.floor is None else self.ratio
        above = self.at_least is None or measured >= self.at_least
        return above and (self.at_most is None or measured <= self.at_most)

    def document(self):
        return {"name": self.name, "value": self.value, "unit": self.unit, "floor": self.floor, "ratio": self.ratio,
                "spread": self.spread, "cpu_us": self.cpu, "target": self.target, "ok": self.ok}


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def print_head():
    print_cells("load", "value", "unit", "floor", "ratio", "target", "ok")


def print_cells(name, *cells):
    print(f"{name:<{WIDTHS[0]}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS[1:])), flush=True)


def print_line(line):
    verdict = "" if not line.target else "ok" if line.ok else "NOT OK"
    print_cells(line.name, number(line.value), line.unit, number(line.floor), number(line.ratio), line.target, verdict)
    if line.cpu:
        spent = ", ".join(f"{name} {micros:.0f}" for name, micros in sorted(line.cpu.items()))
        print(f"    CPU us an operation: {spent}; spread {line.spread:.0%}", flush=True)


def write_json(path, lines, facts):
    path.write_text(json.dumps({**facts, "lines": [line.document() for line in lines]}, ensure_ascii=False, indent=2) + "\n")
