"""The value of an expression, as far as it follows from what is known.

Nothing is guessed: a conditional on something unknown is unknown, whatever its branches
say, and so is a template with one unknown part, `try` over something unknown, or a
look-up by an unknown key. A list or object with unknown things in it is known, with
`Unk` where they stand, as in Terraform.

Source: HashiCorp, hcl, hclsyntax/expression.go, expression_ops.go and
expression_template.go, ext/tryfunc/tryfunc.go, tag v2.23.0,
https://github.com/hashicorp/hcl
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, Protocol, TypeAlias

from guardrail.inputs.hcl.convert import (
    as_number,
    as_text,
    as_truth,
    convert,
    deep_marked,
    unified,
)
from guardrail.inputs.hcl.cty import (
    ANY,
    BOOL,
    KEYED,
    NULL,
    NUMBER,
    ORDERED,
    PRIMITIVE,
    STRING,
    Any_,
    RefusedError,
    TooMuchError,
    Unk,
    UnsureError,
    Val,
    first_unknown,
    inner,
    list_of,
    marked,
    number,
    object_of,
    secret_inside,
    text,
    truth,
    tuple_of,
)
from guardrail.inputs.hcl.equality import equal
from guardrail.inputs.hcl.functions import call
from guardrail.inputs.hcl.nodes import (
    Binary,
    Call,
    Conditional,
    For,
    Get,
    Index,
    Item,
    Literal,
    Name,
    Node,
    ObjectOf,
    Splat,
    TemplateFor,
    TemplateIf,
    TemplateOf,
    TupleOf,
    Unary,
    Unparsed,
)
from guardrail.inputs.hcl.structures import exact, known
from guardrail.model import Unknown, say

MOST_STEPS: Final = 200_000
"""Nodes that are evaluated for one question."""
DEEPEST: Final = 80
"""Nodes and references inside each other."""

Step: TypeAlias = tuple[str, Node | str]
"""A step behind a name: (`get`, name) or (`index`, node)."""
Path: TypeAlias = Sequence[Step]


class Names(Protocol):
    """What the names in an expression stand for."""

    def resolve(self, name: str, path: Path, evaluator: Evaluator) -> tuple[Any_, int]:
        """The value of a reference, and how many steps of `path` it took.

        Raises:
            RefusedError: There is no such thing.
            TooMuchError: It takes too much work.
        """
        ...


class Evaluator:
    """Evaluates for one question; the work that it does is counted."""

    def __init__(self) -> None:
        self._steps = 0
        self._depth = 0
        self.unknowns = 0
        """Unknown values so far. Terraform may know them, and refuse what is made of
        them; where a refusal changes the result, nothing is known beside them."""

    def value(self, node: Node, names: Names, local: Mapping[str, Any_] = {}) -> Any_:
        """The value of an expression; `local` are names that stand for values.

        Raises:
            RefusedError: Terraform refuses the expression, too.
            TooMuchError: It takes too much work.
        """
        self._steps += 1
        if self._steps > MOST_STEPS or self._depth >= DEEPEST:
            raise TooMuchError
        self._depth += 1
        try:
            found = _Expression(self, names, local).value(node)
        finally:
            self._depth -= 1
        self._steps += found.size // 20
        self.unknowns += isinstance(found, Unk)
        return found


def answered(evaluator: Callable[[], Any_]) -> Any_:
    """The value that `evaluator` gives, or why there is none."""
    try:
        return evaluator()
    except RefusedError as error:
        return Unk(Unknown(say("Terraform refuses it: {}", error.args[0])))
    except TooMuchError:
        return Unk(Unknown(say("it takes too much work to evaluate")))


def unknown(reason: str, *names: str) -> Unk:
    """A value that is not known; `names` are what it would be taken from."""
    return Unk(Unknown(reason, refers_to=names))


class _Expression:
    """Evaluates one expression with the names it may use."""

    def __init__(
        self, evaluator: Evaluator, names: Names, local: Mapping[str, Any_]
    ) -> None:
        self._evaluator = evaluator
        self._names = names
        self._local = local

    def value(self, node: Node) -> Any_:
        """The value of a node.

        Raises:
            RefusedError: Terraform refuses the expression, too.
            TooMuchError: It takes too much work.
        """
        match node:
            case Literal() | Unparsed() | Item():
                return self._leaf(node)
            case Name() | Get() | Index():
                return self._reference(node)
            case Call():
                return self._call(node)
            case TupleOf() | ObjectOf() | For() | Splat():
                return self._collection(node)
            case Conditional():
                return self._conditional(node)
            case Binary() | Unary():
                return self._operation(node)
            case _:
                return self._template(node)

    def _leaf(self, node: Literal | Unparsed | Item) -> Any_:
        match node:
            case Literal():
                return _literal(node.value)
            case Unparsed():
                return unknown(node.reason)
            case _:
                return self._local[""]

    def _of(self, node: Node, local: Mapping[str, Any_] | None = None) -> Any_:
        """The value of a node inside this one."""
        names = self._local if local is None else {**self._local, **local}
        return self._evaluator.value(node, self._names, names)

    def _reference(self, node: Name | Get | Index) -> Any_:
        """The value of a name, or of something else, with steps behind it."""
        path: list[Step] = []
        root: Node = node
        while isinstance(root, Get | Index):
            if isinstance(root, Get):
                path.insert(0, ("get", root.name))
            else:
                path.insert(0, ("index", root.key))
            root = root.source
        taken = 0
        if not isinstance(root, Name):
            found = self._of(root)
        elif root.name in self._local:
            found = self._local[root.name]
        else:
            keys = [self._fixed(step) for step in path]
            found, taken = self._names.resolve(root.name, keys, self._evaluator)
        for kind, key in path[taken:]:
            at = text(key) if isinstance(key, str) else self._of(key)
            found = _element(found, at, dotted=kind == "get")
        return found

    def _fixed(self, step: Step) -> Step:
        """A step; a key is evaluated, for the names that need it."""
        kind, key = step
        if isinstance(key, str | Literal):
            return step
        found = self._of(key)
        if isinstance(found, Val) and not found.secret:
            if isinstance(found.data, str):
                return kind, Literal(found.data)
            if isinstance(found.data, int) and found.type == NUMBER:
                return kind, Literal(Decimal(found.data))
        return step

    def _call(self, node: Call) -> Any_:
        """The result of a function.

        Raises:
            RefusedError: Terraform refuses the call, too.
            TooMuchError: It takes too much work.
        """
        if node.name in {"try", "can"}:
            return self._attempt(node)
        given = [self._of(one) for one in node.arguments]
        if node.spread:
            last = given.pop()
            if isinstance(last, Unk):
                return last
            if last.type.kind not in ORDERED or last.null:
                raise RefusedError(say("`...` stands behind something that is no list"))
            given += [marked(one, secret=last.secret) for one in inner(last)]
        return call(node.name, given)

    def _attempt(self, node: Call) -> Any_:
        """What the first argument that Terraform does not refuse gives.

        Raises:
            RefusedError: It refuses all.
        """
        before = self._evaluator.unknowns
        for one in node.arguments:
            try:
                found = self._of(one)
            except RefusedError:
                if self._evaluator.unknowns > before:
                    return _unsure_whether_refused(node.name)
                continue
            if not found.whole:
                kind = BOOL if node.name == "can" else ANY
                return Unk(first_unknown(found), kind, secret_inside(found))
            if self._evaluator.unknowns > before:
                return _unsure_whether_refused(node.name)
            return found if node.name == "try" else truth(value=True)
        if node.name == "can":
            return truth(value=False)
        raise RefusedError(say("every argument of `try` fails"))

    def _collection(self, node: TupleOf | ObjectOf | For | Splat) -> Any_:
        match node:
            case TupleOf():
                return tuple_of([self._of(one) for one in node.items])
            case ObjectOf():
                return self._object(node)
            case Splat():
                return self._splat(node)
            case _:
                return self._for(node)

    def _object(self, node: ObjectOf) -> Any_:
        """An object; unknown as a whole where a key is.

        Raises:
            RefusedError: A key is null, or no string.
        """
        items: dict[str, Any_] = {}
        secret = False
        missing: Unk | None = None
        for key, value in node.items:
            name, found = as_text(self._of(key)), self._of(value)
            if isinstance(name, Unk):
                missing = missing or Unk(name.why)
            else:
                secret = secret or name.secret
                items[name.data] = found
        return missing or object_of(items, secret=secret)

    def _splat(self, node: Splat) -> Any_:
        source = self._of(node.source)
        if isinstance(source, Unk):
            return Unk(source.why, secret=source.secret)
        if source.type.kind not in ORDERED:
            if source.null:
                return tuple_of([])
            return tuple_of([self._of(node.each, {"": source})])
        if source.null:
            raise RefusedError(say("`[*]` stands behind a list that is null"))
        if not inner(source) and source.type.element:
            one = Unk(Unknown(say("it stands for every element")), source.type.element)
            self._of(node.each, {"": one})
        found = [self._of(node.each, {"": one}) for one in inner(source)]
        if source.type.kind == "tuple":
            return tuple_of(found, secret=source.secret)
        unsure = next((one for one in found if isinstance(one, Unk)), None)
        if unsure:
            return Unk(unsure.why, secret=source.secret)
        kind = found[0].type if found else ANY
        return list_of(found, kind, secret=source.secret)

    def _conditional(self, node: Conditional) -> Any_:
        """The branch that the condition chooses, of the type that both share.

        Raises:
            RefusedError: They share none, or what is chosen is refused.
        """
        condition = as_truth(self._of(node.condition))
        if isinstance(condition, Unk):
            return Unk(condition.why, secret=condition.secret)
        chosen, other = node.then, node.otherwise
        if not condition.data:
            chosen, other = other, chosen
        found = self._of(chosen)
        return marked(self._shared(found, other), secret=condition.secret)

    def _shared(self, found: Any_, other: Node) -> Any_:
        """`found` with the type that it shares with the branch that is not chosen.

        Raises:
            RefusedError: They share none.
        """
        beside = self._beside(other)
        if isinstance(found, Unk):
            return (
                found
                if found.type == beside.type
                else Unk(found.why, secret=found.secret)
            )
        if found.null and beside.type == ANY:
            return found
        if found == NULL:
            return convert(found, beside.type)
        if beside == NULL or (found.type == STRING and beside.type == ANY):
            return found
        kind = unified([found.type, beside.type])
        if kind is not None:
            return convert(found, kind)
        why = beside.why if isinstance(beside, Unk) else None
        return Unk(
            why
            or Unknown(
                say("the type of the other branch of a conditional is not known")
            ),
            secret=secret_inside(found),
        )

    def _beside(self, other: Node) -> Any_:
        """The value of a branch that is not chosen, of which only the type counts.

        Even of what it refuses Terraform may know the type, and refuse it once more.
        """
        before = self._evaluator.unknowns
        try:
            found = self._of(other)
        except RefusedError:
            self._evaluator.unknowns += 1
            return unknown(say("the other branch of a conditional is refused"))
        if self._evaluator.unknowns > before:
            return unknown(found.why.reason if isinstance(found, Unk) else _UNSURE_TYPE)
        return found

    def _operation(self, node: Binary | Unary) -> Any_:
        """The result of an operator.

        Raises:
            RefusedError: The operands are not of the right type.
        """
        if isinstance(node, Unary):
            return _unary(node.sign, self._of(node.operand))
        if node.sign in {"&&", "||"}:
            return self._logical(node)
        left, right = self._of(node.left), self._of(node.right)
        if node.sign in {"==", "!="}:
            return deep_marked(_compared(node.sign, left, right), of=(left, right))
        left, right = as_number(left), as_number(right)
        kind = BOOL if node.sign in _COMPARED else NUMBER
        for operand in (left, right):
            if isinstance(operand, Unk):
                return deep_marked(Unk(operand.why, kind), of=(left, right))
        found = _arithmetic(node.sign, known(left), known(right))
        return deep_marked(found, of=(left, right))

    def _logical(self, node: Binary) -> Any_:
        """The result of `&&` or `||`.

        Since 1.12 Terraform does not look at the right side where the left decides;
        before, it refused what is wrong there.

        Raises:
            RefusedError: An operand that counts is no boolean.
        """
        left = as_truth(self._of(node.left))
        decides = isinstance(left, Val) and left.data is (node.sign == "||")
        try:
            right = as_truth(self._of(node.right))
        except RefusedError as error:
            if not isinstance(left, Val) or decides:
                return Unk(Unknown(error.args[0]), BOOL)
            raise
        for operand in (left, right):
            if isinstance(operand, Unk):
                return deep_marked(Unk(operand.why, BOOL), of=(left, right))
        both = known(left).data, known(right).data
        found = truth(all(both) if node.sign == "&&" else any(both))
        return deep_marked(found, of=(left, right))

    def _for(self, node: For) -> Any_:
        """What a `for` makes of a collection.

        Raises:
            RefusedError: It is none, or two results have one key.
        """
        source = self._of(node.collection)
        if isinstance(source, Unk):
            return Unk(source.why, secret=source.secret)
        self._checked(node, source)
        rows: list[tuple[Any_, Any_]] = []
        for key, value in _pairs(source):
            local = {node.value: value} | ({node.key: key} if node.key else {})
            if node.condition is not None:
                kept = as_truth(self._of(node.condition, local))
                if isinstance(kept, Unk):
                    return Unk(kept.why, secret=source.secret)
                if not kept.data:
                    continue
            name = (
                as_text(self._of(node.result_key, local)) if node.result_key else NULL
            )
            rows.append((name, self._of(node.result, local)))
        found = _gathered(node, rows)
        return marked(found, secret=source.secret)

    def _checked(self, node: For, source: Val) -> None:
        """Nothing; Terraform looks at the condition once before it looks at elements.

        Raises:
            RefusedError: The condition is refused whatever the element is.
        """
        if node.condition is None:
            return
        before = self._evaluator.unknowns
        one = unknown(say("it stands for every element"))
        as_truth(
            self._of(node.condition, {node.value: one, node.key or node.value: one})
        )
        if inner(source):
            self._evaluator.unknowns = before

    def _template(self, node: TemplateOf | TemplateIf | TemplateFor) -> Any_:
        """The text that a template makes.

        Raises:
            RefusedError: A part of it cannot be a string.
        """
        match node:
            case TemplateOf():
                return self._joined([self._of(part) for part in node.parts])
            case TemplateIf():
                condition = as_truth(self._of(node.condition))
                if isinstance(condition, Unk):
                    return Unk(condition.why, STRING, condition.secret)
                chosen = node.then if condition.data else node.otherwise
                return marked(self._of(chosen), secret=condition.secret)
            case _:
                return self._template_for(node)

    def _template_for(self, node: TemplateFor) -> Any_:
        source = self._of(node.collection)
        if isinstance(source, Unk):
            return Unk(source.why, STRING, source.secret)
        parts: list[Any_] = []
        for key, value in _pairs(source):
            local = {node.value: value} | ({node.key: key} if node.key else {})
            parts.append(self._of(node.body, local))
        return marked(self._joined(parts), secret=source.secret)

    @staticmethod
    def _joined(parts: Sequence[Any_]) -> Any_:
        """Parts as one text.

        Raises:
            RefusedError: One cannot be a string.
        """
        texts = [as_text(one) for one in parts]
        for one in texts:
            if isinstance(one, Unk):
                return deep_marked(Unk(one.why, STRING), of=texts)
        return deep_marked(text("".join(known(one).data for one in texts)), of=texts)


_UNSURE_TYPE = say("the type of the other branch of a conditional is not known")


def _unsure_whether_refused(name: str) -> Unk:
    """What `try` and `can` give where something inside is not known."""
    reason = say("`{}` depends on something that is not known", name)
    return Unk(Unknown(reason), BOOL if name == "can" else ANY)


def _literal(value: str | bool | Decimal | None) -> Any_:  # noqa: FBT001
    match value:
        case None:
            return NULL
        case bool():
            return truth(value)
        case str():
            return text(value)
        case _:
            return number(value)


def _element(source: Any_, key: Any_, *, dotted: bool) -> Any_:
    """What stands at a key of a collection.

    Raises:
        RefusedError: Nothing does, or it is no collection.
    """
    if isinstance(source, Unk):
        if source.type.kind in PRIMITIVE:
            raise RefusedError(
                say("something is taken out of a value that is no collection")
            )
        return Unk(source.why, secret=source.secret or secret_inside(key))
    if source.null:
        raise RefusedError(say("something is taken out of a value that is null"))
    secret = source.secret or secret_inside(key)
    if source.type.kind in KEYED:
        return marked(_member(source, as_text(key)), secret=secret)
    if source.type.kind in {"list", "tuple"} and not dotted:
        return marked(_at(source, as_number(key)), secret=secret)
    raise RefusedError(say("something is taken out of a value that is no collection"))


def _member(source: Val, key: Any_) -> Any_:
    """The member of a map or object.

    Raises:
        RefusedError: There is none.
    """
    if isinstance(key, Unk):
        return Unk(key.why)
    if key.data not in source.data:
        raise RefusedError(say("a map or object lacks a key"))
    found: Any_ = source.data[key.data]
    return found


def _at(source: Val, place: Any_) -> Any_:
    """The element of a list or tuple.

    Raises:
        RefusedError: There is none.
    """
    if isinstance(place, Unk):
        return Unk(place.why)
    if not isinstance(place.data, int) or not 0 <= place.data < len(source.data):
        raise RefusedError(say("a list lacks an element"))
    found: Any_ = source.data[place.data]
    return found


def _unary(sign: str, operand: Any_) -> Any_:
    """The result of `-` or `!`.

    Raises:
        RefusedError: The operand is not of the right type.
    """
    found = as_truth(operand) if sign == "!" else as_number(operand)
    if isinstance(found, Unk):
        return found
    if sign == "!":
        return truth(not found.data, secret=found.secret)
    if not found.data:
        return Unk(Unknown(say("a number is a negative zero")), NUMBER)
    return number(-Decimal(found.data), secret=found.secret)


_COMPARED: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
_COMPUTED: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}


def _compared(sign: str, left: Any_, right: Any_) -> Any_:
    found = equal(left, right)
    return found if isinstance(found, Unk) else truth(found is (sign == "=="))


def _arithmetic(sign: str, left: Val, right: Val) -> Any_:
    """The result of a comparison or calculation; Terraform has 1 / 0 as infinite."""
    first, second = Fraction(left.data), Fraction(right.data)
    if sign in _COMPARED:
        return truth(_COMPARED[sign](first, second))
    if sign in {"/", "%"} and not second:
        return Unk(Unknown(say("a number is divided by zero")), NUMBER)
    try:
        if sign == "%":
            return exact(_rest(first, second))
        found = _COMPUTED[sign](first, second)
        if sign in {"*", "/"} and not found and (first < 0 or second < 0):
            return Unk(Unknown(say("a number is a negative zero")), NUMBER)
        return exact(found)
    except UnsureError as error:
        return Unk(Unknown(error.args[0]), NUMBER)


def _rest(first: Fraction, second: Fraction) -> Fraction:
    """What is left of a division of whole numbers; it has the sign of the first.

    Raises:
        UnsureError: They are not whole.
    """
    if first.denominator != 1 or second.denominator != 1 or first < 0 or second < 0:
        raise UnsureError(say("a remainder of such numbers is not evaluated"))
    return first % second


def _pairs(source: Val) -> Iterator[tuple[Any_, Any_]]:
    """Keys and values of a collection, in the order in which Terraform takes them.

    Raises:
        RefusedError: It is none, or null.
    """
    if source.null or source.type.kind not in KEYED | ORDERED:
        raise RefusedError(say("a `for` goes over something that is no collection"))
    if isinstance(source.data, dict):
        return ((Val(STRING, key), value) for key, value in source.data.items())
    if source.type.kind == "set":
        return ((value, value) for value in source.data)
    return ((number(Decimal(i)), value) for i, value in enumerate(source.data))


def _gathered(node: For, rows: Sequence[tuple[Any_, Any_]]) -> Any_:
    """Results as a tuple, or by their keys as an object.

    Raises:
        RefusedError: Two have one key.
    """
    if node.result_key is None:
        return tuple_of([value for _, value in rows])
    groups: dict[str, list[Any_]] = {}
    for key, value in rows:
        if isinstance(key, Unk):
            return Unk(key.why)
        groups.setdefault(key.data, []).append(value)
    secret = any(key.secret for key, _ in rows)
    if node.groups:
        return object_of({k: tuple_of(v) for k, v in groups.items()}, secret=secret)
    if any(len(values) > 1 for values in groups.values()):
        raise RefusedError(say("a `for` gives two values to one key"))
    return object_of({key: value[0] for key, value in groups.items()}, secret=secret)
