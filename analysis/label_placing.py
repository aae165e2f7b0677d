"""Where labels stand in a plot: near what they name, never on each other, on lines only where nothing else is free."""

from collections.abc import Sequence

from msgspec import Struct

AIR = 3.0  # pixels between two labels
DISTANCE = 5.0  # pixels between a label and what it names
NEAR = 12.0  # pixels: an optional label stands so near or not at all
STEP = 3.0  # pixels between the places tried
SIDE = 9.0  # pixels from the middle of a bar to a label beside it
# What a place costs, in pixels of distance a label would rather go.
ON_SOMETHING, ON_A_LINE, BESIDE = 400.0, 120.0, 25.0


class Box(Struct, frozen=True):
    """A rectangle in pixels, from the top left corner of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box", air: float = 0) -> bool:
        return (
            self.left < other.right + air
            and other.left < self.right + air
            and self.top < other.bottom + air
            and other.top < self.bottom + air
        )

    def grown(self, air: float) -> "Box":
        return Box(self.left - air, self.top - air, self.right + air, self.bottom + air)

    def holds(self, other: "Box") -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


class Segment(Struct, frozen=True):
    """A straight piece of a line."""

    x: float
    y: float
    x2: float
    y2: float

    def crosses(self, box: Box) -> bool:
        """Whether any of it lies in the box (Liang and Barsky 1984)."""
        enter, leave = 0.0, 1.0
        dx, dy = self.x2 - self.x, self.y2 - self.y
        for direction, distance in (
            (-dx, self.x - box.left),
            (dx, box.right - self.x),
            (-dy, self.y - box.top),
            (dy, box.bottom - self.y),
        ):
            if direction == 0:
                if distance < 0:
                    return False
            elif direction < 0:
                enter = max(enter, distance / direction)
            else:
                leave = min(leave, distance / direction)
        return enter <= leave


class Wish(Struct, frozen=True, kw_only=True):
    """A label that wants a place: `width` by `height`, at `x`, close to the span `top` to `bottom` it names.

    An optional label is left out where it would stand on something or far away."""

    x: float
    top: float
    bottom: float
    width: float
    height: float
    optional: bool = False


def placed(wishes: Sequence[Wish], room: Box, things: Sequence[Box], lines: Sequence[Segment]) -> list[Box | None]:
    """A box for each wish, in their order, all inside `room`. None: an optional label, or no free place at all.

    Greedy with a second round, in which each label may move now that it knows the others."""
    boxes: list[Box | None] = [None] * len(wishes)
    order = sorted(range(len(wishes)), key=lambda i: (wishes[i].optional, -wishes[i].height))
    for _ in range(2):
        for i in order:
            others = [box for j, box in enumerate(boxes) if box and j != i]
            boxes[i] = _cheapest(wishes[i], room, others, things, lines)
    return boxes


def placed_once(
    wishes: Sequence[Wish], room: Box, taken: Sequence[Box], things: Sequence[Box], lines: Sequence[Segment]
) -> Box | None:
    """The box of one label that may stand at any of the `wishes`; the first that has room near it, not on anything."""
    boxes = (_cheapest(wish, room, taken, things, lines) for wish in wishes)
    return next((box for box in boxes if box), None)


def _cheapest(
    wish: Wish, room: Box, taken: Sequence[Box], things: Sequence[Box], lines: Sequence[Segment]
) -> Box | None:
    reach = Box(wish.x - wish.width - SIDE, room.top, wish.x + wish.width + SIDE, room.bottom)
    things = [thing for thing in things if thing.overlaps(reach)]
    lines = [line for line in lines if line.crosses(reach)]
    best, lowest = None, NEAR if wish.optional else float("inf")
    for box, price in _places(wish, room):
        if price >= lowest or any(box.overlaps(other, AIR) for other in taken):
            continue
        price += ON_SOMETHING * sum(box.overlaps(thing, 1) for thing in things)
        price += ON_A_LINE * any(line.crosses(box.grown(2)) for line in lines)
        if price < lowest:
            best, lowest = box, price
    return best


def _places(wish: Wish, room: Box) -> list[tuple[Box, float]]:
    """Every place worth trying with its distance: over or under the span, and to its right and left."""
    places = []
    last = room.bottom - wish.height
    tops = [room.top + STEP * i for i in range(int((last - room.top) / STEP) + 1)]
    for top in [wish.top - DISTANCE - wish.height, wish.bottom + DISTANCE, *tops]:
        if not room.top <= top <= last:
            continue
        away = abs(max(wish.top - top - wish.height, top - wish.bottom) - DISTANCE)
        for shift, price in ((0.0, 0.0), (SIDE + wish.width / 2, BESIDE), (-SIDE - wish.width / 2, BESIDE)):
            left = wish.x + shift - wish.width / 2
            left = min(max(left, room.left), room.right - wish.width)
            places.append((Box(left, top, left + wish.width, top + wish.height), away + price))
    return places
