"""What the values of a template are: known, unknown with the reason, or secret.

Nothing is ever invented. A function of something unknown is unknown, unless what is
unknown makes no difference; so is a function that Heat itself would refuse.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from guardrail.inputs.heat import functions
from guardrail.inputs.heat.arguments import items_of, listed, mapped, told
from guardrail.inputs.heat.paths import inside, put_in
from guardrail.inputs.heat.template import Template
from guardrail.inputs.heat.values import (
    DROPPED,
    Budget,
    Dropped,
    Hole,
    merged,
    opened,
    seen,
    wrapped,
)
from guardrail.inputs.identifiers import shown
from guardrail.model import Unknown, say

_REFUSED = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What Python says where Heat refuses arguments."""


class Surroundings(Protocol):
    """What the expressions of one instance of a template may ask for."""

    @property
    def template(self) -> Template:
        """The template itself."""
        ...

    @property
    def budget(self) -> Budget:
        """What may still be spent."""
        ...

    def parameter(self, name: str) -> Any:
        """The value of a parameter."""
        ...

    def is_resource(self, name: str) -> bool:
        """Whether the template declares a resource of this name."""
        ...

    def identifier(self, name: str) -> Any:
        """What `get_resource` gives."""
        ...

    def attribute(self, name: str, path: Sequence[Any]) -> Any:
        """What `get_attr` gives."""
        ...

    def file(self, name: str) -> Any:
        """The text of a file, or a hole."""
        ...

    def facade(self) -> Any:
        """The metadata of the resource that the template stands for, or a hole."""
        ...


class Evaluator:
    """Evaluates the expressions of one instance of a template."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._budget = surroundings.budget
        self._dialect = surroundings.template.dialect
        self._conditions: dict[str, Any] = {}
        self._special: Mapping[str, Callable[[Any], Any]] = {
            "attribute": self._attribute,
            "facade": self._facade,
            "file": self._file,
            "find_in_map": self._find_in_map,
            "list_concat": self._list_concat,
            "map_merge": self._map_merge,
            "parameter": self._parameter,
            "ref": self._ref,
            "repeat": self._repeat,
            "repeat_all": partial(self._repeated, maps=True, nested=True),
            "repeat_lists": partial(self._repeated, maps=False, nested=True),
            "resource": self._resource,
            "select": self._select,
            "yaql": self._yaql,
            "zones": lambda _args: _not_here("Fn::GetAZs"),
        }

    def value(self, snippet: Any) -> Any:
        """What `snippet` comes to.

        Raises:
            InputError: It takes too much.
        """
        self._budget.spend()
        if isinstance(snippet, Mapping):
            if len(snippet) == 1:
                [(name, args)] = snippet.items()
                what = self._dialect.functions.get(name)
                if what is not None:
                    return self._call(name, what, args)
            found = {key: self.value(inner) for key, inner in snippet.items()}
            return {key: one for key, one in found.items() if one is not DROPPED}
        if isinstance(snippet, list):
            items = [self.value(inner) for inner in snippet]
            return [one for one in items if one is not DROPPED]
        return snippet

    def condition(self, stated: Any) -> bool | Hole:
        """Whether a condition (a name, a truth, or a function) holds.

        Raises:
            InputError: It takes too much.
        """
        self._budget.spend()
        if isinstance(stated, bool):
            return stated
        if isinstance(stated, str):
            return self._named(stated)
        if isinstance(stated, Mapping) and len(stated) == 1:
            [(name, args)] = stated.items()
            what = self._dialect.condition_functions.get(name)
            if what is not None:
                found, _secret = opened(self._judged(name, what, args))
                if isinstance(found, bool | Hole):
                    return found
        return Hole(Unknown(say("a condition cannot be read")))

    def _named(self, name: str) -> bool | Hole:
        """Whether the condition of a name holds.

        Raises:
            InputError: It takes too much.
        """
        if name not in self._conditions:
            self._conditions[name] = Hole(
                Unknown(say("the condition `{}` cannot be evaluated", shown(name)))
            )
            stated = self._around.template.conditions.get(name)
            if stated is not None and not isinstance(stated, str):
                self._conditions[name] = self.condition(stated)
        found: bool | Hole = self._conditions[name]
        return found

    def _judged(self, name: str, what: str, args: Any) -> Any:
        """What a function of a condition gives.

        Raises:
            InputError: It takes too much.
        """
        match what:
            case "negation":
                return _not(self.condition(args))
            case "negation_of_list":
                fits = isinstance(args, list) and len(args) == 1
                return _not(self.condition(args[0] if fits else None))
            case "conjunction" | "disjunction":
                return self._joined(args, wanted=what == "disjunction")
            case _:
                return self._call(name, what, args, self._asked)

    def _joined(self, args: Any, *, wanted: bool) -> bool | Hole:
        """`and` and `or`: of any condition that is `wanted`, or of none.

        Raises:
            InputError: It takes too much.
        """
        if not isinstance(args, list) or len(args) < 2:
            return Hole(Unknown(say("a condition cannot be read")))
        parts = [self.condition(one) for one in args]
        if wanted in parts:
            return wanted
        holes = [one for one in parts if isinstance(one, Hole)]
        return merged(holes) if holes else not wanted

    def _asked(self, snippet: Any) -> Any:
        """What an argument of a condition comes to: other functions may stand there.

        Raises:
            InputError: It takes too much.
        """
        if isinstance(snippet, Mapping) and len(snippet) == 1:
            [(name, args)] = snippet.items()
            what = self._dialect.condition_functions.get(name)
            if what is not None:
                return self._judged(name, what, args)
        if isinstance(snippet, Mapping):
            return {key: self._asked(inner) for key, inner in snippet.items()}
        if isinstance(snippet, list):
            return [self._asked(inner) for inner in snippet]
        return snippet

    def _call(
        self,
        name: str,
        what: str,
        args: Any,
        evaluated: Callable[[Any], Any] | None = None,
    ) -> Any:
        """What a function gives.

        Raises:
            InputError: It takes too much.
        """
        refused = Hole(Unknown(say("Heat would refuse `{}` here", shown(name))))
        try:
            if what in {"choice", "choice_nullable"}:
                return self._choice(args, nullable=what == "choice_nullable")
            found = (evaluated or self.value)(args)
            if found is DROPPED:
                return refused
            if what in self._special:
                return self._special[what](found)
            return self._plain(functions.PLAIN[what], found)
        except _REFUSED:
            return refused

    def _plain(self, function: functions.Function, args: Any) -> Any:
        """What a function of known values gives.

        Raises:
            InputError: It takes too much.
        """
        inside = seen(args, self._budget)
        if inside.holes:
            return merged(inside.holes)
        found = function(inside.plain)
        if isinstance(found, str):
            self._budget.spend(len(found) >> 6)
        return wrapped(found, secret=inside.secret)

    def _choice(self, args: Any, *, nullable: bool) -> Any:
        """`if`: the branch that holds; where that is not known, what both agree on.

        Raises:
            ValueError: The arguments are malformed.
            InputError: It takes too much.
        """
        if not isinstance(args, list) or not 2 + (not nullable) <= len(args) <= 3:
            raise ValueError("a condition and two values are expected")
        held = self.condition(args[0])
        branches = [*args[1:], DROPPED][:2]
        if isinstance(held, bool):
            chosen = branches[0 if held else 1]
            return chosen if isinstance(chosen, Dropped) else self.value(chosen)
        found = [
            one if isinstance(one, Dropped) else self.value(one) for one in branches
        ]
        if found[0] == found[1]:
            return found[0]
        holes = [hole for one in found for hole in seen(one, self._budget).holes]
        return merged([held, *holes])

    def _parameter(self, args: Any) -> Any:
        """`get_param`: a parameter, or what is at a path in it.

        Raises:
            TypeError: The arguments are malformed.
        """
        args = told(args)
        if isinstance(args, Hole):
            return args
        name, *path = args if isinstance(args, list) else [args]
        name = told(name)
        if isinstance(name, Hole):
            return name
        if not isinstance(name, str):
            raise TypeError("a name is expected")
        return inside(self._around.parameter(name), path, nowhere="", numbers=True)

    def _resource(self, args: Any) -> Any:
        """`get_resource`.

        Raises:
            TypeError: The argument is no name.
        """
        if isinstance(args, Hole):
            return args
        if not isinstance(args, str):
            raise TypeError("a name is expected")
        return self._around.identifier(args)

    def _ref(self, args: Any) -> Any:
        """`Ref`: a resource or a parameter."""
        known = isinstance(args, str) and self._around.is_resource(args)
        return self._resource(args) if known else self._parameter(args)

    def _attribute(self, args: Any) -> Any:
        """`get_attr`.

        Raises:
            TypeError: The arguments are malformed.
        """
        if isinstance(args, Hole):
            return args
        name, *path = args
        holes = [one for one in args if isinstance(one, Hole)]
        if holes:
            return merged(holes)
        if not isinstance(name, str):
            raise TypeError("a name is expected")
        return self._around.attribute(name, [opened(step)[0] for step in path])

    def _file(self, args: Any) -> Any:
        """`get_file`.

        Raises:
            TypeError: The argument is no name.
        """
        args = told(args)
        if isinstance(args, Hole):
            return args
        if not isinstance(args, str):
            raise TypeError("a name is expected")
        found = self._around.file(args)
        if isinstance(found, str):
            self._budget.spend(len(found) >> 6)
        return found

    def _facade(self, args: Any) -> Any:
        metadata = str(args).lower() == "metadata"
        return self._around.facade() if metadata else _not_here("resource_facade")

    def _yaql(self, args: Any) -> Hole:
        """`yaql`, a language of its own."""
        inside = seen(args, self._budget)
        return merged(inside.holes, Unknown(say("`yaql` is not evaluated")))

    def _find_in_map(self, args: Any) -> Any:
        inside = seen(args, self._budget)
        if inside.holes:
            return merged(inside.holes)
        mapping, key, value = inside.plain
        found = self._around.template.mappings[mapping][key][value]
        return wrapped(found, secret=inside.secret)

    def _map_merge(self, args: Any) -> Any:
        """`map_merge`: what is unknown inside of a map stays there."""
        items, holes, secret = items_of(args)
        if holes:
            return merged(holes)
        found: dict[str, Any] = {}
        for item in items:
            found.update(mapped(item))
        self._budget.spend(len(found))
        return wrapped(found, secret=secret)

    def _list_concat(self, args: Any) -> Any:
        """`list_concat`, likewise."""
        items, holes, secret = items_of(args)
        if holes:
            return merged(holes)
        found = list(itertools.chain.from_iterable(map(listed, items)))
        self._budget.spend(len(found))
        return wrapped(found, secret=secret)

    def _select(self, args: Any) -> Any:
        """`Fn::Select`: what else is in the list need not be known."""
        if not isinstance(args, list) or len(args) != 2:
            return self._plain(functions.select, args)
        (index, hidden), (items, secret) = opened(args[0]), opened(args[1])
        if isinstance(items, Mapping | list) and not isinstance(index, Hole):
            return wrapped(functions.select([index, items]), secret=hidden or secret)
        return self._plain(functions.select, args)

    def _repeat(self, args: Any) -> Any:
        """`repeat` with `permutations`.

        Raises:
            TypeError: The arguments are malformed.
        """
        nested = args.get("permutations", True)
        if not isinstance(nested, bool):
            raise TypeError("a truth is expected")
        return self._repeated(args, maps=nested, nested=nested)

    def _repeated(self, args: Any, *, maps: bool, nested: bool) -> Any:
        body, each = args["template"], seen(args["for_each"], self._budget)
        if each.holes:
            return merged(each.holes)
        rows = functions.turns(each.plain, maps=maps, nested=nested)
        found = [put_in(body, row, self._budget) for row in rows]
        return wrapped(found, secret=each.secret)


def _not_here(name: str) -> Hole:
    return Hole(Unknown(say("`{}` is known only to the cloud", name)))


def _not(held: bool | Hole) -> bool | Hole:  # noqa: FBT001  # a value, not a switch
    return held if isinstance(held, Hole) else not held
