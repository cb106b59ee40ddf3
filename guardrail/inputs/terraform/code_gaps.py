"""What a person must know about code that was judged without a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrail.inputs import hcl
from guardrail.inputs.hcl.code import Code
from guardrail.inputs.hcl.syntax import Body
from guardrail.inputs.terraform.gaps import action_gap, names, provisioner_gap
from guardrail.model import Gap, Resource, say

_ANY_KEY = "[*]"


def code_gaps(tree: hcl.Tree, resources: Sequence[Resource]) -> tuple[Gap, ...]:
    """The gaps of the code in `tree`, which makes `resources`."""
    found = (
        _no_plan(),
        _missing(tree),
        _both(tree),
        _variables(tree),
        _repeated(resources),
        action_gap(_actions(tree)),
        provisioner_gap(list(_provisioned(tree))),
    )
    return tuple(gap for gap in found if gap is not None)


def _no_plan() -> Gap:
    message = say(
        "This is code, without a plan: every resource counts as new, and what is read "
        "or computed is unknown. A plan says more."
    )
    return Gap(id="code", message=message, blocks=False)


def _missing(tree: hcl.Tree) -> Gap | None:
    """The modules that are called and not there: nobody knows what they make."""
    missing = [
        ".".join(f"module.{one}" for one in (*path, *labels))
        for path, code in tree.codes()
        for labels in code.labels("module")
        if tree.code((*path, *labels)) is None
    ]
    if not missing:
        return None
    message = say(
        "The code of modules is not there, and what they make was not judged: {}. Run "
        "`terraform init -backend=false` in the folder: it installs them. Local ones "
        "must lie in the same repository.",
        names(missing),
    )
    return Gap(id="module-missing", message=message, blocks=True)


def _both(tree: hcl.Tree) -> Gap | None:
    """Files that OpenTofu reads in the place of others, which Terraform would read."""
    replaced = sorted(tree.replaced())
    if not replaced:
        return None
    message = say(
        "OpenTofu reads its own files in the place of others, and Terraform reads the "
        "others: {}. Say with --terraform-bin which one it is.",
        names(replaced),
    )
    return Gap(id="two-readings", message=message, blocks=True)


def _variables(tree: hcl.Tree) -> Gap | None:
    """The root variables that nothing sets and that have no default."""
    root = tree.code(())
    declared = root.labels("variable") if root else []
    names_ = {label for labels in declared for label in labels}
    unset = [one for one in names_ if not tree.is_given(one)]
    if not unset:
        return None
    message = say(
        "Variables have no value: {}. Give --var-file FILE or --var NAME=VALUE.",
        names(sorted(unset)),
    )
    return Gap(id="variables", message=message, blocks=False)


def _repeated(resources: Sequence[Resource]) -> Gap | None:
    """The blocks of which nobody knows how often they are repeated."""
    addresses = [one.address for one in resources if _ANY_KEY in one.address]
    if not addresses:
        return None
    message = say(
        "Nobody knows how often some blocks are repeated: each stands here once, "
        "as [*] ({}).",
        names(addresses),
    )
    return Gap(id="repeated", message=message, blocks=False)


def _actions(tree: hcl.Tree) -> Iterator[str]:
    """The actions that the code declares, by their addresses."""
    for _code, calls, labels in _declared(tree, "action"):
        yield ".".join([*calls, "action", *labels])


def _provisioned(tree: hcl.Tree) -> Iterator[str]:
    """The resources that run programs when they are made, by their addresses."""
    for code, calls, labels in _declared(tree, "resource"):
        body = code.body("resource", *labels)
        if isinstance(body, Body) and _has(body, "provisioner"):
            yield ".".join([*calls, *labels])


def _has(body: Body, type_: str) -> bool:
    """Whether there is a block of a type; code in JSON writes it as an argument."""
    return bool(body.of(type_)) or type_ in body.arguments


def _declared(
    tree: hcl.Tree, type_: str
) -> Iterator[tuple[Code, list[str], tuple[str, ...]]]:
    """The blocks of a type: their code, the modules above them, their labels."""
    for path, code in tree.codes():
        for labels in code.labels(type_):
            yield code, [f"module.{one}" for one in path], labels
