"""The labels in objects of a cluster and values of a chart count, and what hides them."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.assessment import Knowledge
from guardrail.decision import Judged, Verdict
from guardrail.model import Resource
from tests.unit.assessment.flowing import resource
from tests.unit.assessment.inner.made import judged, mapping, opened

OBJECT = "kubernetes_manifest.app"
RELEASE = "helm_release.app"
RAW = "kubectl_manifest.app"


def manifest(
    labels: dict[str, str] | None = None, *, unknown: object = None, **more: Any
) -> Resource:
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "app", "labels": labels or {}},
        **more,
    }
    return resource(
        OBJECT, {"manifest": document}, provider="hashicorp/kubernetes", unknown=unknown
    )


def raw(text: str, *, sensitive: object = None) -> Resource:
    return resource(
        RAW,
        {"yaml_body": text},
        provider="gavinbunney/kubectl",
        sensitive=sensitive,
    )


def release(**values: Any) -> Resource:
    unknown = values.pop("unknown", None)
    return resource(RELEASE, values, provider="hashicorp/helm", unknown=unknown)


def said(
    knowledge: Knowledge, one: Resource, stated: int | None = None, **more: Any
) -> Judged:
    assignments = () if stated is None else (mapping(one.address, stated),)
    [found] = judged(
        knowledge, one, assignments=(*assignments, *more.pop("assignments", ())), **more
    ).values()
    return found


def bounds(found: Judged) -> tuple[int, int]:
    return found.sensitivity.lowest, found.sensitivity.highest


def test_an_object_has_its_own_labels(knowledge: Knowledge) -> None:
    public = manifest({"data_class": "public"})
    assert bounds(said(knowledge, public)) == (0, 0)
    sensitive = manifest({"example.org/data-class": "sensitive"})
    assert bounds(said(knowledge, sensitive)) == (3, 3)
    assert not said(knowledge, manifest({"app": "web"})).sensitivity.labelled
    pods = manifest(
        {"data_class": "public"},
        spec={"template": {"metadata": {"annotations": {"data_class": "sensitive"}}}},
    )
    assert bounds(said(knowledge, pods)) == (3, 3)
    claims = [{"metadata": {"labels": {"data_class": "sensitive", "x": 1}}}]
    set_ = manifest(spec={"volumeClaimTemplates": claims})
    assert bounds(said(knowledge, set_)) == (3, 3)


def test_categories_count_whatever_the_class(knowledge: Knowledge) -> None:
    one = manifest(
        {"data_class": "public", "data_categories": "health"},
        spec={"template": {"metadata": {"labels": {"data_class": "sensitive"}}}},
    )
    found = said(knowledge, one).sensitivity
    assert found.categories == {"health"}
    assert found.lowest == 3


@pytest.mark.parametrize(
    "unknown",
    [
        {"manifest": True},
        {"manifest": {"metadata": True}},
        {"manifest": {"metadata": {"labels": True}}},
        {"manifest": {"metadata": {"labels": {"data_class": True}}}},
        {"manifest": {"spec": {"template": True}}},
    ],
)
def test_what_may_be_a_label_opens(knowledge: Knowledge, unknown: object) -> None:
    one = manifest({"data_class": "public"}, unknown=unknown)
    assert opened(said(knowledge, one))
    cleared = said(knowledge, one, 0, assignments=(mapping(f"{OBJECT}.manifest", 0),))
    assert not opened(cleared)


def test_what_is_no_label_does_not(knowledge: Knowledge) -> None:
    unknown = {"manifest": {"metadata": {"labels": {"app": True}, "name": True}}}
    one = manifest({"data_class": "public"}, unknown=unknown)
    assert bounds(said(knowledge, one)) == (0, 0)
    image = {"manifest": {"spec": {"image": True}}}
    two = manifest({"data_class": "public"}, unknown=image)
    assert bounds(said(knowledge, two)) == (0, 0)


def test_the_text_of_an_object_is_read(knowledge: Knowledge) -> None:
    text = "metadata: {{labels: {{data_class: {}}}}}"
    assert bounds(said(knowledge, raw(text.format("sensitive")))) == (3, 3)
    assert bounds(said(knowledge, raw(text.format("public")))) == (0, 0)
    assert opened(said(knowledge, raw("metadata: {")))
    assert opened(said(knowledge, raw("a: 1\n---\na: 2")))


def test_the_labels_of_a_secret_count_and_are_not_told(knowledge: Knowledge) -> None:
    text = "metadata: {labels: {hunter2/data_class: sensitive, password: hunter2}}"
    one = raw(text, sensitive={"yaml_body": True})
    found = said(knowledge, one)

    assert bounds(found) == (3, 3)
    assert "hunter2" not in str(found.sensitivity.because)
    unknown = resource(
        RAW, {}, provider="gavinbunney/kubectl", unknown={"yaml_body": True}
    )
    assert opened(said(knowledge, unknown, 0))


def test_values_of_a_chart_bear_labels(knowledge: Knowledge) -> None:
    web = "web: {podLabels: {data_class: public}}"
    store = "db: [{commonAnnotations: {data_class: sensitive}}]"
    assert bounds(said(knowledge, release(values=[web]))) == (0, 0)
    assert bounds(said(knowledge, release(values=[web, store]), 0)) == (3, 3)
    assert said(knowledge, release(values=[store])).verdict is Verdict.REVIEW
    selecting = "affinity: {matchLabels: {data_class: sensitive}, labels: public}"
    assert not said(knowledge, release(values=[selecting])).sensitivity.labelled


def test_single_values_of_a_chart_bear_labels(knowledge: Knowledge) -> None:
    def label(name: Any, value: Any = "sensitive") -> Resource:
        return release(set=[{"name": name, "value": value}])

    for name in ("podLabels.data_class", r"db.labels.example\.org/data_class"):
        assert bounds(said(knowledge, label(name), 0)) == (3, 3), name
    for other in ("image.tag", "x.matchLabels.data_class", None):
        assert bounds(said(knowledge, label(other), 0)) == (0, 0), other
    secret = release(set_sensitive=[{"name": "labels.data_class", "value": "public"}])
    assert bounds(said(knowledge, secret)) == (0, 0)


@pytest.mark.parametrize(
    ("path", "unknown"),
    [
        ("values", True),
        ("values", [True]),
        ("set", True),
        ("set", [True]),
        ("set", [{"name": True}]),
        ("set", [{"value": True}]),
    ],
)
def test_values_that_are_not_known_are_open(
    knowledge: Knowledge, path: str, unknown: object
) -> None:
    one = release(
        set=[{"name": "podLabels.data_class", "value": "public"}],
        unknown={path: unknown},
    )
    assert opened(said(knowledge, one, 0))
    stated = mapping(f"{RELEASE}.{path}", 0)
    assert bounds(said(knowledge, one, 0, assignments=(stated,))) == (0, 0)


def test_a_chart_that_is_published_is_nobodys_data(knowledge: Knowledge) -> None:
    for chart in ("nginx", "oci://registry.example/charts/nginx"):
        assert bounds(said(knowledge, release(chart=chart), 0)) == (0, 0), chart
    for chart in ("./charts/app", "charts/app", ".", "C:\\charts"):
        assert opened(said(knowledge, release(chart=chart), 0)), chart


def test_only_some_kinds_of_a_type_have_others_made(knowledge: Knowledge) -> None:
    def body(type_: str, *, unknown: object = None) -> Resource:
        return resource(
            "azapi_resource.one",
            {
                "type": type_,
                "body": {"properties": {}},
                "tags": {"data_class": "public"},
            },
            provider="azure/azapi",
            unknown=unknown,
        )

    assert not opened(said(knowledge, body("Microsoft.Storage/storageAccounts@2024")))
    assert opened(said(knowledge, body("microsoft.resources/deployments@2024")))
    assert opened(said(knowledge, body("", unknown={"type": True})))


@pytest.mark.parametrize(
    ("type_", "provider", "values", "path"),
    [
        ("aws_cloudformation_stack", "hashicorp/aws", {"template_body": "{}"}, ""),
        ("aws_cloudformation_stack_set", "hashicorp/aws", {"template_url": "x"}, ""),
        (
            "aws_serverlessapplicationrepository_cloudformation_stack",
            "hashicorp/aws",
            {"application_id": "arn:aws:serverlessrepo:x"},
            "",
        ),
        (
            "azurerm_resource_group_template_deployment",
            "hashicorp/azurerm",
            {"template_content": "{}"},
            "",
        ),
        (
            "azurerm_kubernetes_flux_configuration",
            "hashicorp/azurerm",
            {"git_repository": [{"url": "https://git.example/app"}]},
            "git_repository",
        ),
        (
            "google_deployment_manager_deployment",
            "hashicorp/google",
            {"target": [{"config": [{"content": "x"}]}, {"config": []}]},
            "target",
        ),
        ("nomad_job", "hashicorp/nomad", {"jobspec": "job {}"}, ""),
        (
            "openstack_workflow_workflow_v2",
            "terraform-provider-openstack/openstack",
            {"definition": "version: '2.0'"},
            "",
        ),
    ],
)
def test_what_others_make_is_open(
    knowledge: Knowledge, type_: str, provider: str, values: dict[str, Any], path: str
) -> None:
    one = resource(f"{type_}.app", values, provider=provider)
    found = said(knowledge, one, 0)
    assert found.verdict is Verdict.REVIEW
    [why] = opened(found)
    argument = path or next(iter(values))
    assert argument in why
    stated = mapping(f"{one.address}.{argument}", 0)
    cleared = said(knowledge, one, 0, assignments=(stated,))
    assert cleared.verdict is Verdict.ALLOW


def test_what_is_not_set_is_not_open(knowledge: Knowledge) -> None:
    flux = resource(
        "azurerm_kubernetes_flux_configuration.app",
        {"git_repository": [], "bucket": [{"url": ["a", "b"]}]},
        provider="hashicorp/azurerm",
    )
    [why] = opened(said(knowledge, flux, 0))
    assert "bucket" in why
