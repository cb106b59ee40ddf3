"""Where modules are found, and what variables are given."""

from __future__ import annotations

import pytest

from guardrail.errors import InputError
from guardrail.inputs.hcl import Source, Tree, from_directory, from_snapshot, modules
from guardrail.inputs.hcl.cty import Any_, plain
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from guardrail.model import Unknown


def output(tree: Tree, name: str = "o") -> Any_:
    root = tree.instance(())
    assert root is not None
    return answered(lambda: root.output(name, Evaluator()))


def variable(declared: str, tfvars: str = "", **given: object) -> object:
    """The value of `var.v`; the reason where it is not known."""
    files = {
        "main.tf": f'variable "v" {{\n{declared}\n}}\noutput "o" {{\n  value = var.v\n}}\n'.encode(),
        "terraform.tfvars": tfvars.encode(),
    }
    found = plain(output(Tree({(): Source(files)}, **given)))  # type: ignore[arg-type]
    return found.reason if isinstance(found, Unknown) else found


def test_a_snapshot_is_found_by_its_manifest() -> None:
    found = from_snapshot(
        {
            "tfconfig/modules.json": b'[{"Key":"","Dir":"."},{"Key":"a.b","Dir":"x\\\\y"}]',
            "tfconfig/m-/main.tf": b"1",
            "tfconfig/m-/": b"",
            "tfconfig/m-a.b/main.tf": b"2",
            "tfplan": b"",
            "m-c/main.tf": b"3",
        }
    )
    assert {path: (dict(one.files), one.directory) for path, one in found.items()} == {
        (): ({"main.tf": b"1"}, "."),
        ("a", "b"): ({"main.tf": b"2"}, "x/y"),
    }
    assert from_snapshot({"tfconfig/m-/main.tf": b"1"}).keys() == {()}


@pytest.mark.parametrize(
    "manifest", [b"{", b"1", b"[1]", b'[{"Key": 1}]', b'{"Modules": [{}]}', b"\xff",
                 b'[{"Key": "\\u0000", "Dir": "x"}]']
)  # fmt: skip
def test_a_malformed_manifest_is_refused(manifest: bytes) -> None:
    with pytest.raises(InputError):
        from_snapshot({"tfconfig/modules.json": manifest})


def test_modules_are_followed_through_directories() -> None:
    files = {
        "env/prod/main.tf": b"""
module "local" { source = "./../../modules/a" }
module "remote" { source = "acme/vpc/aws" }
module "unknown" { source = "acme/other/aws" }
module "outside" { source = "../../../elsewhere" }
module "computed" { source = local.x }
module "none" {}
module "two" "labels" { source = "./x" }
module "bad" { source = "\\q" }
""",
        "env/prod/.terraform/modules/modules.json": (
            b'{"Modules":[{"Key":"","Dir":"."},'
            b'{"Key":"remote","Dir":".terraform/modules/remote"}]}'
        ),
        "env/prod/.terraform/modules/remote/main.tf": b"",
        "modules/a/main.tf": b'module "self" {\n  source = "./"\n}\n',
        "modules/a/x.tofu": b"",
    }
    found = from_directory(files, "env/prod")

    paths = {path for path in found if len(path) < 3}
    assert paths == {(), ("local",), ("remote",), ("local", "self")}
    assert found[("local",)].directory == "modules/a"
    assert max(map(len, found)) == modules.DEEPEST
    deepest = max(found, key=len)
    assert Tree(found).instance(tuple((name, None) for name in deepest)) is not None
    assert Tree(found).instance((("local", None),) * 3) is None
    sources = {("a",) * n: Source({}) for n in range(50)}
    assert Tree(sources).instance((("a", None),) * 45) is None


def test_too_many_modules_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "MOST", 3)
    files = {
        "main.tf": b"".join(
            b'module "m%d" {\n source = "./a"\n}\n' % n for n in range(5)
        ),
        "a/main.tf": b"",
    }
    with pytest.raises(InputError, match="more than 3 modules"):
        from_directory(files)


@pytest.mark.parametrize(
    ("declared", "tfvars", "value"),
    [
        ('default = "d"', "", "d"),
        ('default = "d"', 'v = "f"', "f"),
        ("", 'v = "f"', "f"),
        ("", "", "nothing says what `var.v` is"),
        ("type = number", 'v = "7"', 7),
        ("type = number", 'v = "x"', "Terraform refuses it: a number is needed"),
        ("type = unheard(of)", "v = 1", "the type of `var.v` cannot be read"),
        ("type = unheard", "v = 1", "the type of `var.v` cannot be read"),
        ("type = list(unheard)", "v = 1", "the type of `var.v` cannot be read"),
        ("type = tuple([unheard])", "v = 1", "the type of `var.v` cannot be read"),
        ("type = object({ a = unheard })", "v = 1", "the type of `var.v` cannot be read"),
        ("type = object({ (x) = string })", "v = 1", "the type of `var.v` cannot be read"),
        ("type = object({ a = optional(string, x.y) })", "v = {}",
         "the type of `var.v` cannot be read"),
        ("type = object({ a = optional(number, \"x\") })", "v = {}",
         "Terraform refuses it: a number is needed"),
        ("type = object({ a = string })", "v = {}",
         "Terraform refuses it: an object lacks the attribute `a`"),
        ("type = object({ a = string })", "v = 1",
         "Terraform refuses it: a value has another type than the one that is needed"),
        ("type = tuple([string])", "v = []",
         "Terraform refuses it: a value has another type than the one that is needed"),
        ("type = map", "v = { a = 1 }", {"a": 1}),
        ("ephemeral = true\ndefault = 1", "", "`var.v` is ephemeral, and never in a plan"),
        ("ephemeral = local.x\ndefault = 1", "", "`var.v` is ephemeral, and never in a plan"),
        ("nullable = false\ndefault = 1", "v = null", 1),
        ("nullable = false", "v = null", "nothing says what `var.v` is"),
        ("default = 1", "v = null", None),
        ("default = 1", "v =", "terraform.tfvars cannot be read: an expression cannot be parsed"),
        ("default = 1", "v = 1 }", "terraform.tfvars cannot be read: line 1 is not in the "
         "syntax of HCL"),
        ("default = 1", "v = {", "terraform.tfvars cannot be read: an expression "
         "cannot be parsed"),
        ("default = 1", "b { v = 1", "terraform.tfvars cannot be read: line 1 is not in the "
         "syntax of HCL"),
        ("default = 1", "v", "terraform.tfvars cannot be read: line 1 is not in the syntax "
         "of HCL"),
        ("default = 1", "1 = 2", "terraform.tfvars cannot be read: line 1 is not in the "
         "syntax of HCL"),
        ("default = 1", "v = var.x", "`var` stands where only constants may"),
        ("default = local.x", "", "`local` stands where only constants may"),
        ('default = "\\q"', "", "main.tf cannot be read: a string holds an escape that is "
         "none of HCL's"),
        ('default = "\\uD800"', "", "main.tf cannot be read: a string holds an escape that "
         "is none of HCL's"),
    ],
)  # fmt: skip
def test_a_variable_has_the_value_that_it_is_given(
    declared: str, tfvars: str, value: object
) -> None:
    assert variable(declared, tfvars) == value


def test_templates_may_not_be_nested_without_end() -> None:
    deep = '"${' * 50 + "1" + '}"' * 50

    assert "is not in the syntax of HCL" in str(variable("default = 1", f"v = {deep}"))


def test_the_values_of_a_plan_are_final() -> None:
    said = variable('default = "d"', 'v = "f"', variables={"v": "plan"}, final=True)
    unsaid = variable('default = "d"', 'v = "f"', variables={}, final=True)
    over = variable("", 'v = "f"', variables={"v": "given"})

    assert (said, over) == ("plan", "given")
    assert unsaid == "the plan does not say what `var.v` is"
    part = variable(
        "type = any", variables={"v": {"a": Unknown("x"), "b": 1}}, final=True
    )
    assert part == {"a": Unknown("x"), "b": 1}


def test_files_of_variables_have_an_order() -> None:
    files = {
        "main.tf": b'variable "v" {}\noutput "o" {\n  value = var.v\n}\n',
        "terraform.tfvars": b"v = 1",
        "terraform.tfvars.json": b'{"v": "${2}"}',
    }
    assert plain(output(Tree({(): Source(files)}))) == "${2}"
    files |= {
        "b.auto.tfvars": b"v = 3",
        "a.auto.tfvars.json": b'{"v": {"x": [4, null]}}',
    }
    assert plain(output(Tree({(): Source(files)}))) == 3
    del files["b.auto.tfvars"]
    assert plain(output(Tree({(): Source(files)}))) == {"x": [4, None]}
    for broken in (b"{", b"[]", b"\xff"):
        found = plain(
            output(Tree({(): Source(files | {"z.auto.tfvars.json": broken})}))
        )
        assert isinstance(found, Unknown)
        assert found.reason.startswith("z.auto.tfvars.json cannot be read: ")


def test_the_workspace_is_known_when_it_is_said() -> None:
    files = {"main.tf": b'output "o" {\n  value = terraform.workspace\n}\n'}

    assert plain(output(Tree({(): Source(files)}, workspace="prod"))) == "prod"


def test_locals_that_are_stated_twice_or_cannot_be_read_are_unknown() -> None:
    text = 'output "o" {\n  value = local.a\n}\nlocals { a = 1 }\n'
    for more, reason in (
        ("locals { a = 2 }\n", "main.tf, line 5 states something twice"),
        ('locals { b = "\\q" }\n', "cannot be read"),
    ):
        found = plain(output(Tree({(): Source({"main.tf": (text + more).encode()})})))
        assert isinstance(found, Unknown)
        assert reason in found.reason
    broken = {"main.tf": text.encode(), "b.tf": b"{"}
    assert isinstance(plain(output(Tree({(): Source(broken)}))), Unknown)


def test_inputs_of_modules_are_unknown_when_their_call_is() -> None:
    def child(call: str) -> object:
        files = {
            "main.tf": call.encode(),
            "m/main.tf": b'variable "v" {}\noutput "o" {\n  value = var.v\n}\n',
        }
        tree = Tree(
            {(): Source({"main.tf": files["main.tf"]}),
             ("m",): Source({"main.tf": files["m/main.tf"]}, "m")}
        )  # fmt: skip
        below = tree.instance((("m", None),))
        assert below is not None
        found = plain(answered(lambda: below.output("o", Evaluator())))
        return found.reason if isinstance(found, Unknown) else found

    assert child('module "m" {\n  source = "./m"\n  v = "x"\n}\n') == "x"
    assert (
        child('module "m" {\n  source = "./m"\n}\n') == "nothing says what `var.v` is"
    )
    assert child("") == "nothing says what `var.v` is"
    assert "cannot be read" in str(child('module "m" {\n  v = "\\q"\n}\n'))
    assert child('module "m" {\n  v = tolist(1)\n}\n') == (
        "Terraform refuses it: a value has another type than the one that is needed"
    )
