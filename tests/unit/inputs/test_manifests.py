from __future__ import annotations

import pytest

from guardrail.errors import InputError, UnsupportedFormatError
from guardrail.inputs import read
from guardrail.inputs.manifests import HEAT, dialect, may_be_heat

CFN = b'{"AWSTemplateFormatVersion":"2010-09-09","Resources":{"a":{"Type":"%s"}}}'


def refusal(document: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read(document, path="x")
    return caught.value


@pytest.mark.parametrize(
    "document",
    [
        b"heat_template_version: rocky\n",
        b"# about\n\n---\nheat_template_version: rocky\n",
        b"%YAML 1.1\n---\nresources: {}\nheat_template_version: rocky\n",
        b"\r\nparameters: {}\r\n'heat_template_version' : rocky\r\n",
        b"HeatTemplateFormatVersion: 2012-12-12\n",
        b"AWSTemplateFormatVersion: 2010-09-09\nResources:\n  a:\n    Type: OS::X::Y\n",
        b"description: |\n  apiVersion: v1\n  kind: x\nheat_template_version: rocky\n",
    ],
)
def test_a_template_for_heat_is_one_by_its_content(document: bytes) -> None:
    assert dialect(document) == HEAT
    assert may_be_heat(document)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (
            b"AWSTemplateFormatVersion: 2010-09-09\nResources:\n  a:\n    Type: AWS::S3::Bucket\n",
            "CloudFormation",
        ),
        (b"Resources:\n  a:\n    Type: AWS::S3::Bucket\n", "CloudFormation"),
        (CFN % b"AWS::S3::Bucket", "CloudFormation"),
        (b'{"Resources":{}}', "CloudFormation"),
        (b"tosca_definitions_version: tosca_simple_yaml_1_3\n", "TOSCA"),
        (b"apiVersion: v1\nkind: Pod\n", "Kubernetes"),
        (
            b"# x\n---\napiVersion: v1\nkind: Pod\n---\nkind: Pod\napiVersion: v1\n",
            "Kubernetes",
        ),
        (b'{"apiVersion":"v1","kind":"Pod"}', "Kubernetes"),
        (b"apiVersion: v2\nname: chart\nversion: 1.0.0\n", "Helm"),
        (b"apiVersion: v1\nkind: Pod\nx: {{ .Values.a }}\n", "Helm"),
        (b"version: '3'\nservices:\n  web:\n    image: nginx\n", "Compose"),
        (b"services:\n  web:\n    build: .\n", "Compose"),
        (b"name: project\nruntime: python\n", "Pulumi"),
        (b'{"version":3,"deployment":{}}', "Pulumi"),
        (b'{"steps":[],"changeSummary":{}}', "Pulumi"),
        (b'{"$schema":"x","contentVersion":"1","resources":[]}', "ARM"),
        (
            b"param location string\nresource a 'Microsoft.Storage/x@2021' = {\n}\n",
            "Bicep",
        ),
        (b"targetScope = 'subscription'\n", "Bicep"),
        (b"@description('x')\nparam a string\n", "Bicep"),
    ],
)
def test_what_deploys_and_is_not_read_is_named(document: bytes, says: str) -> None:
    error = refusal(document)

    assert says in str(error)
    assert "which is not read" in str(error)
    assert error.remedy


@pytest.mark.parametrize(
    ("document", "says", "remedy"),
    [
        (b"clouds:\n  a: {}\n", "clouds.yaml", "--clouds-yaml"),
        (b"parameters: {a: b}\n", "environment of Heat", "--heat-env"),
        (b"resource_registry: {a: b}\n", "environment of Heat", "--heat-env"),
        (b"parameter_defaults: {a: b}\n", "environment of Heat", "--heat-env"),
        (b"{% set a = 1 %}\nheat_template_version: rocky\n", "Jinja", "Render it"),
        (b"{{ head }}\nheat_template_version: rocky\n", "Jinja", "Render it"),
        (b"some: yaml\n", "not JSON", "show -json"),
        (b"- some\n- yaml\n", "one JSON value", "show -json"),
    ],
)
def test_what_deploys_nothing_says_how_it_is_given(
    document: bytes, says: str, remedy: str
) -> None:
    error = refusal(document)

    assert says in str(error)
    assert remedy in error.remedy


@pytest.mark.parametrize(
    "document",
    [
        b'resource "x" "y" {\n  template = <<EOF\nheat_template_version: rocky\nEOF\n}\n',
        b"// comment\nvar a = 1\n",
        b"{% just jinja %}\n",
        b"[1]",
        b"",
    ],
)
def test_what_only_mentions_a_template_is_none(document: bytes) -> None:
    assert dialect(document) == ""


def test_a_template_in_json_is_told_by_its_resources() -> None:
    heat = CFN % b"OS::Swift::Container"

    assert read(heat, path="x").resources
    assert may_be_heat(heat)
    assert not may_be_heat(b'{"a": "' + b"x" * 5000 + b'heat_template_version"}')


@pytest.mark.parametrize(
    "text",
    [b"heat_template_version: 2021-04-16", rb"{\"heat_template_version\": 1}"],
)
def test_a_plan_may_hold_the_text_of_a_template(text: bytes) -> None:
    plan = b'{"format_version":"1.2","planned_values":{"Bin":"%b"}}'

    assert not may_be_heat(plan % text)
    assert dialect(plan % text) == ""


def test_a_template_that_is_not_read_is_told_apart_from_what_is_none() -> None:
    with pytest.raises(UnsupportedFormatError):
        dialect(b"tosca_definitions_version: x\n")
