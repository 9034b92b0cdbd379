"""Circles of moves, and the fewest that must step aside to open them (decisions "The planner").

This is the smallest feedback vertex set of the graph "waits for". Found exactly, knot by knot, by iterative
deepening with reductions and a lower bound; a knot that needs more than `NODES` steps of search is opened
greedily, which may cost a request too many but never a wrong plan. Everything is iterative: the depth of a chain
of moves is not limited by the depth of Python's stack.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

V = TypeVar("V", int, str)

NODES = 5_000
"""Search steps after which a knot is opened greedily."""
WORK = 400_000
"""Edges followed in one knot after which it is opened greedily: bounds the time where one step is large."""


@dataclass(frozen=True, slots=True)
class Breakers:
    """Who steps aside, and whether fewer are known to be impossible."""

    chosen: frozenset[int]
    exact: bool


def strong_components(graph: Mapping[V, Collection[V]]) -> list[list[V]]:
    """The strongly connected components with more than one vertex (Tarjan), in a fixed order for a fixed input."""
    index_of: dict[V, int] = {}
    low: dict[V, int] = {}
    on_stack: set[V] = set()
    stack: list[V] = []
    components: list[list[V]] = []
    for root in graph:
        if root in index_of:
            continue
        index_of[root] = low[root] = len(index_of)
        stack.append(root)
        on_stack.add(root)
        calls = [(root, iter(sorted(graph[root])))]
        while calls:
            vertex, successors = calls[-1]
            for successor in successors:
                if successor not in index_of:
                    index_of[successor] = low[successor] = len(index_of)
                    stack.append(successor)
                    on_stack.add(successor)
                    calls.append((successor, iter(sorted(graph.get(successor, ())))))
                    break
                if successor in on_stack:
                    low[vertex] = min(low[vertex], index_of[successor])
            else:
                calls.pop()
                if calls:
                    low[calls[-1][0]] = min(low[calls[-1][0]], low[vertex])
                if low[vertex] == index_of[vertex]:
                    component: list[V] = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == vertex:
                            break
                    if len(component) > 1:
                        components.append(component)
    return components


def smallest_breakers(
    graph: Mapping[int, Iterable[int]], ranked: Sequence[int], keep: AbstractSet[int] = frozenset()
) -> Breakers:
    """The fewest vertices without which `graph` has no circle.

    `ranked` lists every vertex, the one that should rather step aside later. Vertices of `keep` are chosen only
    for circles that have no others: as few of them as possible, and then as few others as that allows.
    """
    rank = {vertex: position for position, vertex in enumerate(ranked)}
    whole = _Graph.of(graph, rank, keep)
    chosen: set[int] = set()
    exact = True
    kernel = whole.copy()
    kernel.reduce(chosen)
    for component in strong_components(kernel.after):
        part = kernel.only(component)
        found, found_exact = _search(part)
        chosen |= found
        exact = exact and found_exact
    return Breakers(frozenset(_later_instead(whole, chosen)), exact)


class _Graph:
    """A directed graph that is eaten away; `after` and `before` mirror each other."""

    def __init__(
        self,
        after: dict[int, set[int]],
        before: dict[int, set[int]],
        rank: Mapping[int, int],
        keep: AbstractSet[int],
    ) -> None:
        self.after = after
        self.before = before
        self.rank = rank
        self.keep = keep
        self.work = 0
        """Edges followed so far."""

    @classmethod
    def of(cls, graph: Mapping[int, Iterable[int]], rank: Mapping[int, int], keep: AbstractSet[int]) -> _Graph:
        after: dict[int, set[int]] = {vertex: set() for vertex in rank}
        before: dict[int, set[int]] = {vertex: set() for vertex in rank}
        for vertex, successors in graph.items():
            for successor in successors:
                after[vertex].add(successor)
                before[successor].add(vertex)
        return cls(after, before, rank, keep)

    def copy(self) -> _Graph:
        return _Graph(
            {vertex: set(ends) for vertex, ends in self.after.items()},
            {vertex: set(ends) for vertex, ends in self.before.items()},
            self.rank,
            self.keep,
        )

    def only(self, vertices: Collection[int]) -> _Graph:
        inside = set(vertices)
        return _Graph(
            {vertex: self.after[vertex] & inside for vertex in vertices},
            {vertex: self.before[vertex] & inside for vertex in vertices},
            self.rank,
            self.keep,
        )

    def remove(self, vertex: int) -> set[int]:
        """Take a vertex out; its former neighbours are returned."""
        after, before = self.after.pop(vertex), self.before.pop(vertex)
        for successor in after:
            if successor != vertex:
                self.before[successor].discard(vertex)
        for predecessor in before:
            if predecessor != vertex:
                self.after[predecessor].discard(vertex)
        touched = after | before
        touched.discard(vertex)
        return touched

    def reduce(self, chosen: set[int], touched: Iterable[int] | None = None) -> None:
        """Drop what is on no circle, merge what has one way in or out, choose what waits for itself.

        Whoever should rather not step aside is merged into others first, so that those who remain to be chosen
        are the better ones. One to be kept never takes in one that need not be.
        """
        rank = self.rank
        queue = [(rank[vertex], vertex) for vertex in (self.after if touched is None else touched)]
        heapq.heapify(queue)
        while queue:
            vertex = heapq.heappop(queue)[1]
            if vertex not in self.after:
                continue
            after, before = self.after[vertex], self.before[vertex]
            if vertex in after:
                chosen.add(vertex)
                changed = self.remove(vertex)
            elif not after or not before:
                changed = self.remove(vertex)
            elif (len(before) == 1 and self._may_absorb(next(iter(before)), vertex)) or (
                len(after) == 1 and self._may_absorb(next(iter(after)), vertex)
            ):
                after, before = set(after), set(before)
                changed = self.remove(vertex)
                for predecessor in before:
                    self.after[predecessor] |= after
                for successor in after:
                    self.before[successor] |= before
            else:
                continue
            for neighbour in changed:
                heapq.heappush(queue, (rank[neighbour], neighbour))

    def _may_absorb(self, taker: int, vertex: int) -> bool:
        return taker not in self.keep or vertex in self.keep

    def short_circle(self) -> list[int]:
        """One of the shortest circles; two vertices that wait for each other at best."""
        best: list[int] = []
        for vertex in self.after:
            circle = self.circle_through(vertex, (), len(best))
            if circle:
                best = circle
                if len(best) == 2:
                    break
        return best

    def circle_through(self, vertex: int, without: Collection[int], shorter_than: int = 0) -> list[int]:
        """A shortest circle through `vertex` that avoids `without`; empty if there is none (or none shorter)."""
        came_from = {vertex: vertex}
        level, depth = [vertex], 1
        while level and not (shorter_than and depth >= shorter_than):
            following: list[int] = []
            for one in level:
                self.work += len(self.after[one])
                for successor in self.after[one]:
                    if successor == vertex:
                        circle = [one]
                        while one != vertex:
                            one = came_from[one]
                            circle.append(one)
                        return circle
                    if successor not in came_from and successor not in without:
                        came_from[successor] = one
                        following.append(successor)
            level = following
            depth += 1
        return []

    def fewest_possible(self) -> int:
        """A lower bound: circles that share no vertex, the shortest first, found greedily."""
        rest = self.copy()
        forced: set[int] = set()
        count = 0
        for longest in (2, 3, 5, 0):
            for vertex in list(rest.after):
                if vertex not in rest.after:
                    continue
                circle = rest.circle_through(vertex, (), longest and longest + 1)
                if circle:
                    count += 1
                elif longest == 0:
                    circle = [vertex]
                touched: set[int] = set()
                for one in circle:
                    touched |= rest.remove(one)
                rest.reduce(forced, touched & rest.after.keys())
        self.work += rest.work + len(rest.rank)
        return count + len(forced)


def _search(kernel: _Graph) -> tuple[set[int], bool]:
    """Iterative deepening on one reduced, strongly connected part; greedy is the upper bound."""
    unavoidable = _only_kept(kernel)
    greedy = _greedy(kernel, unavoidable.chosen)
    nodes, work = NODES, WORK
    for size in range(kernel.fewest_possible(), len(greedy)):
        open_nodes: list[tuple[_Graph, set[int]]] = [(kernel, set())]
        while open_nodes:
            graph, chosen = open_nodes.pop()
            if not graph.after:
                return chosen, unavoidable.exact
            graph.work = 0
            if len(chosen) + graph.fewest_possible() <= size:
                circle = graph.short_circle()
                if len(chosen & kernel.keep) == len(unavoidable.chosen):
                    circle = [vertex for vertex in circle if vertex not in kernel.keep]
                # The stack is last in, first out: whoever should rather step aside is pushed last.
                for vertex in sorted(circle, key=graph.rank.__getitem__):
                    smaller = graph.copy()
                    taken = chosen | {vertex}
                    smaller.reduce(taken, smaller.remove(vertex))
                    if len(taken) <= size and len(taken & kernel.keep) <= len(unavoidable.chosen):
                        open_nodes.append((smaller, taken))
            nodes -= 1
            work -= graph.work
            if nodes < 0 or work < 0:
                return greedy, False
    return greedy, unavoidable.exact


def _only_kept(kernel: _Graph) -> Breakers:
    """The fewest that open the circles in which everyone is to be kept."""
    kept = [vertex for vertex in kernel.after if vertex in kernel.keep]
    if not kept:
        return Breakers(frozenset(), True)
    inside = kernel.only(kept)
    return smallest_breakers(inside.after, sorted(kept, key=kernel.rank.__getitem__))


def _greedy(kernel: _Graph, unavoidable: AbstractSet[int]) -> set[int]:
    """The vertex with the most ways through it first; then whoever turns out not to be needed is put back."""
    rest = kernel.copy()
    chosen: set[int] = set(unavoidable)
    for vertex in unavoidable:
        rest.remove(vertex)
    rest.reduce(chosen)
    heap = [_by_ways(rest, vertex) for vertex in rest.after]
    heapq.heapify(heap)
    while heap:
        entry = heapq.heappop(heap)
        vertex = entry[-1]
        if vertex not in rest.after:
            continue
        now = _by_ways(rest, vertex)
        if now != entry:
            heapq.heappush(heap, now)
            continue
        chosen.add(vertex)
        rest.reduce(chosen, rest.remove(vertex))
    return _without_superfluous(kernel, chosen)


def _without_superfluous(graph: _Graph, chosen: set[int]) -> set[int]:
    """Put back whoever opens no circle that the others leave; those to be kept first, then the next lesson."""
    chosen = set(chosen)
    for vertex in sorted(chosen, key=lambda one: (one not in graph.keep, graph.rank[one])):
        chosen.discard(vertex)
        if graph.circle_through(vertex, chosen):
            chosen.add(vertex)
    return chosen


def _by_ways(graph: _Graph, vertex: int) -> tuple[bool, int, int, int]:
    ways = len(graph.after[vertex]) * len(graph.before[vertex])
    return (vertex in graph.keep, -ways, -graph.rank[vertex], vertex)


def _later_instead(whole: _Graph, chosen: set[int]) -> set[int]:
    """No more vertices than `chosen`, none of which could be replaced by a later one."""
    chosen = set(chosen)
    settled = False
    while not settled:
        settled = True
        for vertex in sorted(chosen, key=whole.rank.__getitem__):
            chosen.discard(vertex)
            # Whoever takes its place must be on every circle that it alone opens, so on this one.
            circle = whole.circle_through(vertex, chosen)
            better = [one for one in circle if whole.rank[one] > whole.rank[vertex] and one not in whole.keep]
            instead = vertex
            for candidate in sorted(better, key=whole.rank.__getitem__, reverse=True):
                chosen.add(candidate)
                if not whole.circle_through(vertex, chosen):
                    instead, settled = candidate, False
                    break
                chosen.discard(candidate)
            chosen.add(instead)
    # A later one may open the circles of others too.
    return _without_superfluous(whole, chosen)
