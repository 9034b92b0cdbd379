"""Room-days to be planned together: something stands in one and is wanted in another (design §3.2)."""

from __future__ import annotations

from collections.abc import Iterable

from echodesk.planning.values import RoomDay


def split(places: Iterable[RoomDay], links: Iterable[tuple[RoomDay, RoomDay]]) -> list[frozenset[RoomDay]]:
    """The connected closures of `places` under `links`, each with every room-day a link brings in.

    Links between room-days none of which is connected to `places` are left aside: nothing asked for them. The
    earliest closure (by its first date, then room) comes first, whatever the order of the input.
    """
    parent: dict[RoomDay, RoomDay] = {}

    def root_of(place: RoomDay) -> RoomDay:
        root = parent.setdefault(place, place)
        while parent[root] != root:
            root = parent[root]
        while parent[place] != root:
            parent[place], place = root, parent[place]
        return root

    wanted = set(places)
    size: dict[RoomDay, int] = {}
    for one, other in links:
        first, second = root_of(one), root_of(other)
        if first == second:
            continue
        if size.get(first, 1) < size.get(second, 1):
            first, second = second, first
        parent[second] = first
        size[first] = size.get(first, 1) + size.get(second, 1)
    wanted_roots = {root_of(place) for place in wanted}
    closures: dict[RoomDay, set[RoomDay]] = {}
    for place in list(parent):
        root = root_of(place)
        if root in wanted_roots:
            closures.setdefault(root, set()).add(place)
    return sorted(
        (frozenset(members) for members in closures.values()),
        key=lambda members: min((place.date, place.room) for place in members),
    )
