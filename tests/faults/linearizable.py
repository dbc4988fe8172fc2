"""Whether a history of concurrent calls on one record could have come from a record that does one call at a time.

The search of Wing and Gong, with the memory of Lowe: whatever call began before any open call ended may be next; a set of calls
that are done and the state that they led to is visited once. As revisions only rise, a path that left a call behind its revision is
given up at once."""

import dataclasses
import math

READ, WRITE = "read", "write"


@dataclasses.dataclass
class Call:
    """One call: begun and ended by the client's clock; ended is infinite if its fate was never told."""
    kind: str
    began: float
    ended: float = math.inf
    value: str = ""         # of a write: what it sets; of a read: what it saw
    expected: int = 0       # of a write: the revision that it is conditioned on; 0 for none
    revision: int = 0       # that it answered, or for which a conditioned write was refused; 0 if its fate is unknown
    refused: bool = False   # of a conditioned write: the record had another revision

    @property
    def known(self):
        return self.ended != math.inf

    @property
    def meets(self):
        """The revision that the record must have when this call is done; of a known call."""
        return self.revision - (self.kind == WRITE and not self.refused)

    def after(self, state):
        """The state that this call leads to from a state (revision, value); None if it could not have gone as it did."""
        revision, _ = state
        if self.kind == READ:
            return state if (self.revision, self.value) == state else None
        fits = self.expected in (0, revision)
        if not self.known:
            return (revision + 1, self.value) if fits else None
        if self.refused:
            return None if fits or self.revision != revision else state
        return (self.revision, self.value) if fits and self.revision == revision + 1 else None


def linearizable(calls, state):
    """True if there is an order of the calls, from this state on, that fits what each was told."""
    calls = sorted(calls, key=lambda call: call.began)
    wanted = sum(1 << number for number, call in enumerate(calls) if call.known)
    due = _due(calls)
    open_paths, visited = [(0, state)], set()
    while open_paths:
        done, state = open_paths.pop()
        if done & wanted == wanted:
            return True
        for number in _next(calls, done):
            led_to = calls[number].after(state)
            if led_to is None:
                continue
            place = (done | 1 << number, led_to)
            if place not in visited and not due.get(led_to[0], wanted) & ~place[0]:
                visited.add(place)
                open_paths.append(place)
    return False


def _due(calls):
    """Revision -> the known calls that must be done before the record has it; all of them where a revision is missing."""
    known = sorted((call.meets, number) for number, call in enumerate(calls) if call.known)
    due, so_far = {}, 0
    for revision in range((known[-1][0] if known else 0) + 2):
        while known and known[0][0] < revision:
            so_far |= 1 << known.pop(0)[1]
        due[revision] = so_far
    return due


def _next(calls, done):
    """The calls that may be next: not done, and begun before any other call that is not done ended."""
    first_end, found = math.inf, []
    for number, call in enumerate(calls):
        if call.began > first_end:
            break
        if not done >> number & 1:
            first_end = min(first_end, call.ended)
            found.append(number)
    # Calls of unknown fate go last, so that the search, which takes the newest path first, tries them when nothing else fits.
    return sorted((number for number in found if calls[number].began <= first_end), key=lambda number: calls[number].known)
